"""How long something takes at the least, by the durations of jobs and looks and the way people have to come.

An estimate from below: hands, the blood and thinking take longer; what can be prepared before the first sign, less.
"""

from dataclasses import dataclass, field
from math import inf

from drill.scenarios.tree import Node


@dataclass(slots=True)
class Clock:
    """The least seconds of conditions, in a scenario with its team, equipment and the pack's tasks."""

    tasks: dict[str, Node]
    sayings: dict[str, Node]
    looks: dict[str, Node]
    team: dict[str, Node]
    equipment: dict[str, Node]
    _known: dict[tuple[str, bool], float] = field(default_factory=dict)

    @classmethod
    def of(cls, scenario: Node, tasks: Node) -> "Clock":
        """Read what there is."""
        stock, own = tasks, scenario
        return cls(_by_id(stock["tasks"]), _by_id(stock["sayings"]), _by_id(stock["looks"]), _by_id(own["team"]), _by_id(own["equipment"]))

    def doers(self, task: str) -> list[str]:
        """Return who of the team can do a job."""
        by = self.tasks[task]["by"]
        named = [one.text for one in by] if "by" in self.tasks[task] else ["you"]
        able = []
        for name, person in self.team.items():
            can = [one.text for one in person["can"]]
            if task in can if isinstance(person["can"].value, list) else name in named:
                able.append(name)
        return able

    def here_s(self, who: str) -> float:
        """Return the seconds until a person can be here, called at once; infinite if nobody can call them."""
        person = self.team.get(who)
        if person is None or person["here"].value is not False:
            return 0.0
        given = person["comes_s"].number
        if given is not None:
            return given
        calls = [effect for owner in (*self.sayings.values(), *self.tasks.values()) for effect in owner["effects"]]
        return min((effect["in_s"].number or 0.0 for effect in calls if effect["arrive"].text == who), default=inf)

    def job_s(self, task: str, *, done: bool = True) -> float:
        """Return the least seconds until a job is done (or under way), with what it needs before; 0 for one that is not known."""
        key = (task, done)
        if key not in self._known:
            self._known[key] = 0.0  # what a job that waits for itself finds
            self._known[key] = self._job_s(task, done=done)
        return self._known[key]

    def _job_s(self, task: str, *, done: bool) -> float:
        node = self.tasks.get(task)
        if node is None:
            return 0.0
        brings = [effect["bring"].text for effect in node["effects"] if effect["bring"].text in self.equipment]
        if brings and all(self.equipment[thing]["here"].value is True for thing in brings):
            return 0.0
        fetch = [self.equipment[thing]["fetch_s"].number for thing in brings]
        takes = max((number for number in fetch if number is not None), default=node["seconds"].number or 0.0)
        needs = self.least_s(node["needs"])
        people = min((self.here_s(who) for who in self.doers(task)), default=0.0)
        return max(needs, people) + (takes if done else 0.0)

    def least_s(self, node: Node) -> float:
        """Return the least seconds until a condition can hold."""
        if not isinstance(node.value, dict):
            return 0.0
        held = node["for_s"].number or 0.0
        return held + self._head_s(node)

    def _head_s(self, node: Node) -> float:
        if "all" in node:
            return max((self.least_s(member) for member in node["all"]), default=0.0)
        if "any" in node:
            return min((self.least_s(member) for member in node["any"]), default=0.0)
        if node["task"].text:
            return self.job_s(node["task"].text, done=node["is"].text != "running")
        if node["drive"].text not in ("", "console", "moving"):
            moves = [name for name, task in self.tasks.items() if any(e["head"].text == node["drive"].text for e in task["effects"])]
            return min((self.job_s(name) for name in moves), default=0.0)
        if node["found"].text in self.looks:
            return self.looks[node["found"].text]["seconds"].number or 0.0
        if node["action"].text in ("do", "order") and node["at"].text:
            return self.job_s(node["at"].text, done=False)
        return node["after_s"].number or 0.0


def _by_id(nodes: Node) -> dict[str, Node]:
    return {member["id"].text: member for member in nodes if member["id"].text}
