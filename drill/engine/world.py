"""What a session does to the plant, and the entry that each deed leaves: nothing is moved without a trace."""

from collections.abc import Mapping

from drill.circuit.alarms import Alarm, AlarmEvent
from drill.circuit.labs import Result, slip
from drill.circuit.plant import Plant
from drill.circuit.readings import READINGS
from drill.engine.entries import Emit, Entry
from drill.engine.evaluate import number
from drill.scenarios.schema import Effect, Happening
from drill.units import seconds

MOVING = "moving"
MACHINE = ""  # who moved a control: nobody, the machine or a fault did


class World:
    """The plant with a memory of what was last written about it."""

    def __init__(self, plant: Plant, emit: Emit, settled_ticks: int = 0) -> None:
        """Write how the machine stands at tick 0, so that a reader needs no other source.

        `settled_ticks` is how long the plant had run by then: its alarms count from there.
        """
        self.plant = plant
        self._settled = settled_ticks
        self._emit = emit
        self._controls = dict(plant.controls())
        self._moves = plant.moves
        self.control_since = dict.fromkeys(self._controls, 0)
        self.drive = plant.scene().pump.head_on
        self.changes = 0
        self._alarms: dict[str, Alarm] = {}
        self._told: set[int] = set()
        self._reported = 0
        for name, value in self._controls.items():
            emit({"t": 0, "k": "control", "name": name, "value": value, "who": MACHINE})
        emit({"t": 0, "k": "drive", "at": self.drive})

    @property
    def controls(self) -> Mapping[str, float]:
        """How every control stands."""
        return self._controls

    def set(self, tick: int, name: str, value: float, who: str) -> None:
        """Let somebody move a control; NameUnknownError or ValueRangeError, with nothing moved, where it cannot be."""
        self.plant.set(name, value)
        self._note_control(tick, name, self.plant.control(name), who)

    def move_head(self, tick: int, where: str, towards: str = "") -> None:
        """Put the pump head somewhere, or take it into the hands ("moving", `towards` the next place)."""
        self.plant.move_head(where, towards)
        self.drive = where
        self.changes += 1
        self._emit({"t": tick, "k": "drive", "at": where})

    def inject(self, tick: int, one: Happening) -> None:
        """Let a fault begin with the next tick, in the part that it names. Its numbers are drawn already."""
        at = {name: number(value, {}) for name, value in one.at.items()}
        self.plant.inject(str(one.fault), at, one.part)
        where = {} if one.part is None else {"part": one.part}
        self._emit({"t": tick, "k": "fault", "name": str(one.fault), "at": at, **where})

    def acknowledge(self, tick: int) -> None:
        """Acknowledge all alarms; the entry tells which they were and how long each had waited."""
        waited = [f"{a.text} after {seconds(tick - a.since_tick):.0f} s" for a in self.alarms() if not a.acknowledged]
        self.plant.acknowledge(tick + self._settled)
        self._emit({"t": tick, "k": "alarm", "id": "", "state": "ack", "priority": "", "text": "; ".join(waited)})

    def audio_pause(self, tick: int) -> None:
        """Pause the sound of the alarms."""
        self.plant.audio_pause(tick + self._settled)
        self._emit({"t": tick, "k": "alarm", "id": "", "state": "pause", "priority": "", "text": ""})

    def audio_pause_s(self, tick: int) -> float:
        """Return the seconds that are left of an audio pause."""
        return self.plant.audio_pause_s(tick + self._settled)

    def alarms(self) -> tuple[Alarm, ...]:
        """Return active and latched alarms, in ticks of the drill; one from before it has stood since tick 0."""
        return tuple(
            alarm._replace(
                since_tick=max(0, alarm.since_tick - self._settled),
                acknowledged_tick=max(-1, alarm.acknowledged_tick - self._settled) if alarm.acknowledged else -1,
            )
            for alarm in self.plant.alarms()
        )

    def apply(self, tick: int, effect: Effect, who: str) -> None:
        """Carry out one effect of somebody's job or call-out; `arrive` is for the team, not for here."""
        match effect:
            case Effect(set=str(name)):
                self.set(tick, name, effect.value or 0.0, who)
            case Effect(head=str(where)):
                self.move_head(tick, where)
            case Effect(give=str(drug)):
                self.plant.give(drug, 1.0 if effect.amount is None else effect.amount)
            case Effect(infuse=float() | int()):
                self.plant.infuse(float(effect.infuse or 0.0), effect.over_s or 0.0)
            case Effect(bring=str(thing)):
                self.plant.bring(thing)
            case Effect(note=str(text)):
                self._emit({"t": tick, "k": "note", "text": text})
            case Effect(sample=str(lab)):
                self.plant.sample(lab)
            case Effect(mend=str(group)):
                self.plant.mend(group)
            case Effect(tell=str(reading)):
                self.tell(tick, reading)
            case _:
                self._handle_parts(effect)
                self.watch_controls(tick, who)

    def _handle_parts(self, effect: Effect) -> None:
        """Carry out what hands do to the parts of the circuit; a part that is still in its place is neither joined nor replaced."""
        plant = self.plant
        match effect:
            case Effect(cut=str(part)):
                plant.cut(part)
            case Effect(join=str(part)) if plant.is_cut(part):
                plant.join(part)
            case Effect(fresh=str(part)) if plant.is_cut(part):
                plant.fresh(part, effect.caught_ml or 0.0)
            case Effect(clear=str(fault)):
                plant.clear(fault, effect.part)
            case Effect(syringe=str(act), part=str(part)):
                plant.syringe(part, act, effect.ml or 0.0)
            case Effect(release=str(part)):
                plant.release(part)
            case Effect(pour=float() | int()):
                plant.pour("reservoir", float(effect.pour or 0.0))

    def tell(self, tick: int, reading: str) -> None:
        """Write down what somebody reads off and calls out."""
        row = READINGS[reading]
        value = round(self.plant.true(reading) / row.resolution) * row.resolution
        self._emit({"t": tick, "k": "note", "text": f"{row.meaning.partition(';')[0]}: {value:g} {row.unit}"})

    def watch(self, tick: int) -> None:
        """Write down what the machine did by itself: controls that an interlock moved, alarms that came and went."""
        self.watch_controls(tick, MACHINE)
        self._report(tick)
        if self.plant.active_alarms() == self._alarms.keys():
            return
        now = {alarm.id: alarm for alarm in self.plant.alarms() if alarm.active}
        for alarm in now.values():
            if alarm.id not in self._alarms:
                self._emit(_alarm(tick, alarm, "on"))
        for alarm in self._alarms.values():
            if alarm.id not in now:
                self._emit(_alarm(tick, alarm, "off"))
        self._alarms = now

    def watch_controls(self, tick: int, who: str) -> None:
        """Write down every control that stands otherwise than was last written."""
        if self.plant.moves == self._moves:
            return
        self._moves = self.plant.moves
        for name, value in self.plant.controls().items():
            if value != self._controls[name]:
                self._note_control(tick, name, value, who)

    def samples(self) -> tuple[Result, ...]:
        """Return all samples in ticks of the drill, the oldest first."""
        since = self._settled
        return tuple(r._replace(drawn_tick=r.drawn_tick - since, due_tick=r.due_tick - since) for r in self.plant.samples())

    def alarm_log(self) -> tuple[AlarmEvent, ...]:
        """Return what has alarmed so far in ticks of the drill; what stood before it has stood since tick 0."""

        def moved(at: int) -> int:
            return -1 if at < 0 else max(0, at - self._settled)

        return tuple(
            e._replace(since_tick=moved(e.since_tick), over_tick=moved(e.over_tick), acknowledged_tick=moved(e.acknowledged_tick))
            for e in self.plant.alarm_log()
            if e.over_tick < 0 or e.over_tick > self._settled
        )

    def _report(self, tick: int) -> None:
        """Write down the results that have come back from the laboratory."""
        samples = self.plant.samples()
        if len(samples) == self._reported:
            return
        for k, result in enumerate(self.samples()):
            if result.due_tick <= tick and k not in self._told:
                self._told.add(k)
                self._emit({"t": tick, "k": "note", "text": slip(result)})
        self._reported = len(self._told)

    def _note_control(self, tick: int, name: str, value: float, who: str) -> None:
        if value == self._controls[name]:
            return
        self._controls[name] = value
        self.control_since[name] = tick
        self.changes += 1
        self._emit({"t": tick, "k": "control", "name": name, "value": value, "who": who})


def _alarm(tick: int, alarm: Alarm, state: str) -> Entry:
    return {"t": tick, "k": "alarm", "id": alarm.id, "state": state, "priority": alarm.priority, "text": alarm.text}
