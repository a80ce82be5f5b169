"""What a session does to the plant, and the entry that each deed leaves: nothing is moved without a trace."""

from collections.abc import Mapping

from drill.circuit.alarms import Alarm
from drill.circuit.plant import Plant
from drill.engine.entries import Emit, Entry
from drill.engine.evaluate import number
from drill.scenarios.schema import Effect, Happening

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
        self.control_since = dict.fromkeys(self._controls, 0)
        self.drive = plant.scene().pump.head_on
        self.changes = 0
        self._alarms: dict[str, Alarm] = {}
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

    def move_head(self, tick: int, where: str) -> None:
        """Put the pump head somewhere, or take it into the hands ("moving")."""
        self.plant.move_head(where)
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
        """Acknowledge all alarms."""
        self.plant.acknowledge(tick + self._settled)
        self._emit({"t": tick, "k": "alarm", "id": "", "state": "ack", "priority": "", "text": ""})

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

    def watch(self, tick: int) -> None:
        """Write down what the machine did by itself: controls that an interlock moved, alarms that came and went."""
        for name, value in self.plant.controls().items():
            if value != self._controls[name]:
                self._note_control(tick, name, value, MACHINE)
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

    def _note_control(self, tick: int, name: str, value: float, who: str) -> None:
        if value == self._controls[name]:
            return
        self._controls[name] = value
        self.control_since[name] = tick
        self.changes += 1
        self._emit({"t": tick, "k": "control", "name": name, "value": value, "who": who})


def _alarm(tick: int, alarm: Alarm, state: str) -> Entry:
    return {"t": tick, "k": "alarm", "id": alarm.id, "state": state, "priority": alarm.priority, "text": alarm.text}
