"""How long something takes at the least, by the durations of jobs and looks and the way people have to come.

An estimate from below: hands, the blood and thinking take longer; what can be prepared before the first sign, less.
"""

from dataclasses import dataclass, field
from math import inf
from typing import NamedTuple

from drill.scenarios.tree import Node


class Least(NamedTuple):
    """The least seconds that something takes, and what takes them, in words; `held_s` of them it only has to hold."""

    seconds: float
    what: tuple[str, ...] = ()
    held_s: float = 0.0

    def then(self, seconds: float, what: str) -> "Least":
        """Return it with something that comes after; nothing where that takes no time."""
        return Least(self.seconds + seconds, (*self.what, what), self.held_s) if seconds > 0 else self

    def __str__(self) -> str:
        """Say what takes how long: "the intensivist's way and the job take 72 s"."""
        if self.seconds == inf:
            return f"{self.what[0]} never ends: nobody can call them"
        parts = [*self.what, *([f"{self.held_s:g} s for which it has to hold"] if self.held_s and self.what else [])]
        if not parts:
            return f"it has to hold for {self.seconds:g} s"
        said = " and ".join(part for part in (", ".join(parts[:-1]), parts[-1]) if part)
        return f"{said} take{'s' if len(parts) == 1 else ''} {self.seconds:g} s"


NOW = Least(0.0)


@dataclass(slots=True)
class Clock:
    """The least seconds of conditions, in a scenario with its team, equipment and the pack's tasks."""

    tasks: dict[str, Node]
    sayings: dict[str, Node]
    looks: dict[str, Node]
    team: dict[str, Node]
    equipment: dict[str, Node]
    _known: dict[tuple[str, bool], Least] = field(default_factory=dict)

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

    def job(self, task: str, *, done: bool = True) -> Least:
        """Return the least time until a job is done (or under way), with what it needs before; none for one that is not known."""
        key = (task, done)
        if key not in self._known:
            self._known[key] = NOW  # what a job that waits for itself finds
            self._known[key] = self._job(task, done=done)
        return self._known[key]

    def _job(self, task: str, *, done: bool) -> Least:
        node = self.tasks.get(task)
        if node is None:
            return NOW
        brings = [effect["bring"].text for effect in node["effects"] if effect["bring"].text in self.equipment]
        if brings and all(self.equipment[thing]["here"].value is True for thing in brings):
            return NOW
        fetch = [self.equipment[thing]["fetch_s"].number for thing in brings]
        takes = max((number for number in fetch if number is not None), default=node["seconds"].number or 0.0)
        needs = self.least(node["needs"])
        ways = [NOW.then(self.here_s(who), f"the {who.replace('_', ' ')}'s way") for who in self.doers(task)]
        people = min(ways, key=_seconds, default=NOW)
        ready = max(needs, people, key=_seconds)
        return ready.then(takes, "the fetching" if brings else "the job") if done else ready

    def least(self, node: Node) -> Least:
        """Return the least time until a condition can hold, and has held for as long as it says."""
        if not isinstance(node.value, dict):
            return NOW
        held = node["for_s"].number or 0.0
        seconds, what, before = self._head(node)
        return Least(seconds + held, what, before + held)

    def _head(self, node: Node) -> Least:
        if "all" in node:
            return max((self.least(member) for member in node["all"]), key=_seconds, default=NOW)
        if "any" in node:
            return min((self.least(member) for member in node["any"]), key=_seconds, default=NOW)
        if node["task"].text:
            return self.job(node["task"].text, done=node["is"].text != "running")
        if node["drive"].text not in ("", "console", "moving"):
            moves = [name for name, task in self.tasks.items() if any(e["head"].text == node["drive"].text for e in task["effects"])]
            return min((self.job(name) for name in moves), key=_seconds, default=NOW)
        if node["found"].text in self.looks:
            return NOW.then(self.looks[node["found"].text]["seconds"].number or 0.0, "the look")
        if node["action"].text in ("do", "order") and node["at"].text:
            return self.job(node["at"].text, done=False)
        return NOW.then(node["after_s"].number or 0.0, "its own 'after_s'")


def _seconds(least: Least) -> float:
    return least.seconds


def _by_id(nodes: Node) -> dict[str, Node]:
    return {member["id"].text: member for member in nodes if member["id"].text}
