"""What a scenario changes in stock entries: who does what, how long a fetch takes, a part's numbers, a drive's.

Settled once at load, so that nothing above has to ask where a number came from.
"""

from dataclasses import replace

from drill.circuit.spec import CircuitSpec
from drill.scenarios.schema import Effect, Look, Person, Saying, Scenario, Task, Tasks


def offered(tasks: Tasks, circuit: CircuitSpec) -> Tasks:
    """Return what can be said, done and looked at on this machine: the same in every case on it, so it is no answer sheet."""
    places = {part.id for part in circuit.parts} | set(circuit.sites)
    rolled = any(part.id == circuit.sites.get("pump") and part.kind == "roller" for part in circuit.parts)
    seats = {"spare_head": rolled and "spare" in places, "backup_console": not rolled}  # what a pump head can be put on
    things = {"backup_console": not rolled}  # what can be brought; a spare head in its packing is no seat
    pinched = {name for part in circuit.parts for name in (*part.clamps, *part.taps)}

    def fits(one: Task | Saying | Look) -> bool:
        if one.for_ and circuit.kind not in one.for_:
            return False
        if not isinstance(one, Saying) and one.place is not None and one.place not in places:
            return False
        effects = one.effects if isinstance(one, Task) else ()
        parts = {name for e in effects for name in (e.cut, e.join, e.fresh, e.release, e.part) if name is not None}
        moved = {e.set for e in effects if e.set is not None and e.set.startswith(("clamp_", "tap_"))}
        if not all(seats.get(str(e.head), True) and things.get(str(e.bring), True) for e in effects):
            return False
        return parts <= places and moved <= pinched and ("reservoir" in places or not any(e.pour for e in effects))

    jobs = tuple(one for one in tasks.tasks if fits(one))
    sayings = tuple(one for one in tasks.sayings if fits(one))
    looks = tuple(one for one in tasks.looks if fits(one))
    used = {one.group for one in jobs} | {one.group for one in sayings} | {one.group for one in looks}
    groups = tuple(group for group in tasks.groups if group.id in used)
    return tasks.model_copy(update={"groups": groups, "tasks": jobs, "sayings": sayings, "looks": looks})


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
