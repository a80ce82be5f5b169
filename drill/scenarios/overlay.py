"""What a scenario changes in stock entries: who does what, how long a fetch takes, a part's numbers, a drive's.

Settled once at load, so that nothing above has to ask where a number came from.
"""

from dataclasses import replace

from drill.circuit.spec import CircuitSpec
from drill.scenarios.schema import Effect, Person, Scenario, Task, Tasks


def tasks_of(scenario: Scenario, tasks: Tasks) -> Tasks:
    """Return the jobs and call-outs as this team, with this equipment, has them."""
    fetch_s = {thing.id: thing.fetch_s for thing in scenario.equipment if thing.fetch_s is not None}
    comes_s = {person.id: person.comes_s for person in scenario.team if person.comes_s is not None}
    able = [person for person in scenario.team if person.can is not None]
    if not (fetch_s or comes_s or able):
        return tasks

    def effects(many: tuple[Effect, ...]) -> tuple[Effect, ...]:
        return tuple(one.model_copy(update={"in_s": comes_s[one.arrive]}) if one.arrive in comes_s else one for one in many)

    def task(one: Task) -> Task:
        brought = [fetch_s[effect.bring] for effect in one.effects if effect.bring in fetch_s]
        changed = {
            "by": _by(one, able),
            "seconds": max(brought) if brought else one.seconds,
            "effects": effects(one.effects),
            "stop_effects": effects(one.stop_effects),
        }
        return one.model_copy(update=changed)

    sayings = tuple(one.model_copy(update={"effects": effects(one.effects)}) for one in tasks.sayings)
    return tasks.model_copy(update={"tasks": tuple(task(one) for one in tasks.tasks), "sayings": sayings})


def _by(task: Task, able: list[Person]) -> tuple[str, ...]:
    """Return who does a job: those whom tasks.yaml names, but for the people who have a list of their own."""
    own = {person.id for person in able}
    stay = [who for who in task.by if who not in own or any(p.id == who and task.id in (p.can or ()) for p in able)]
    return (*stay, *(person.id for person in able if task.id in (person.can or ()) and person.id not in stay))


def circuit_of(scenario: Scenario, circuit: CircuitSpec) -> CircuitSpec:
    """Return the machine with the numbers that the scenario gives its parts and drives."""
    start = scenario.start
    if not (start.parts or start.drives):
        return circuit
    parts = tuple(replace(part, params={**part.params, **start.parts.get(part.id, {})}) for part in circuit.parts)
    return replace(circuit, parts=parts, drives={**circuit.drives, **start.drives})
