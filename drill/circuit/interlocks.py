"""Interlocks: what the machine does by itself when a display passes a limit, and how a hand keeps it from doing so.

Each is a row of data: which display, which limit, what it does. It acts at the start of a tick on the displays of the tick
before, so it believes a wrong sensor, is blind with a blank one, and is gone with its host's power. On the emergency drive
nothing acts. Delays, rates and the rule for latched ones are local targets (tunable) unless a source is named.
"""

from collections.abc import Iterable, Mapping
from collections.abc import Set as AbstractSet
from dataclasses import dataclass, replace
from typing import Any, NamedTuple

from drill.circuit.spec import CircuitSpec, InterlockSpec
from drill.errors import CircuitError, NameUnknownError
from drill.units import TICK_S, ticks

ELECTRONIC_CLAMP = "clamp_electronic"
OPENS_MMHG = 120.0  # line pressure on the pump's side at which the shut clamp opens: the pump pushes again; tunable
CLAMP_BELOW_L_MIN = 0.3  # the electronic clamp waits for the pump to stand: a running roller bursts what is clamped; tunable
SLOWS_PER_S, RETURNS_PER_S = 10.0, 0.25  # share of the set speed that the pressure interlock takes and gives back, tunable
FALLS_BACK = 0.95  # of its limit: the pressure interlock gives speed back below that, tunable


class Interlock(NamedTuple):
    """One kind of interlock. It is past its limit when `sign` (reading - limit) > 0; `over_set` adds that control to the limit.

    `does`: "stop" and "slow" take the pump's speed, "cut" the drive's power, "clamp" shuts the electronic clamp, "cool" stops
    the heater from heating. `clear_by` is how far back the reading must be, in its unit, before one that does not latch lets
    go. A latching one lets go when it is re-armed: its switch is set to armed anew. The clamp opens when the pump pushes again.
    """

    name: str
    title: str
    text: str
    host: str
    reading: str
    sign: int
    limit: str
    arm: str
    override: str
    does: str
    delay_s: float
    latching: bool
    clear_by: float
    source: str
    over_set: str = ""


INTERLOCKS: dict[str, Interlock] = {
    i.name: i
    for i in (
        Interlock(
            "bubble", "Bubble", "BUBBLE: PUMP STOPPED", "console", "bubble_ml", 1, "limit_bubble_ml", "bubble_stop", "override_bubble",
            "stop", 0.0, True, 0.0, "0.5 mL in 3/8 inch tube: what one heart-lung machine detects [S14b]; latched [S4]",
        ),
        Interlock(
            "level", "Level", "LEVEL: PUMP STOPPED", "console", "reservoir_ml", -1, "limit_level_stop_ml", "level_stop", "override_level",
            "stop", 0.5, False, 50.0, "local target: alarm 300-400, stop 150-200 mL; volumes vary by centre",
        ),
        Interlock(
            "pressure", "Line pressure", "LINE PRESSURE: PUMP SLOWED", "console", "p_post_mmhg", 1, "limit_line_mmhg", "pressure_stop",
            "override_pressure", "slow", 0.0, False, 0.0, "local target: 300-350 mmHg",
        ),
        Interlock(
            "runaway", "Runaway", "RUNAWAY: TOO FAST", "console", "pump_rpm", 1, "limit_runaway_rpm", "runaway_stop", "override_runaway",
            "cut", 2.0, True, 0.0, "demanded by PS27; limit is a local target", "pump_rpm_set",
        ),
        Interlock(
            "backflow", "Backflow", "BACKFLOW: CLAMP CLOSED", "console", "flow_l_min", -1, "limit_backflow_l_min", "backflow_stop",
            "override_backflow", "clamp", 0.2, False, 0.0, "strongly recommended on centrifugal pumps [S46]; limit is a local target",
        ),
        Interlock(
            "water", "Water over-temperature", "WATER TOO WARM: HEATER CUT OUT", "heater", "water_temp_c", 1, "limit_water_c",
            "water_cutout", "override_water", "cool", 1.0, True, 0.0, "water 4 to 42 degC by PS27",
        ),
    )
}  # fmt: skip


class Hold(NamedTuple):
    """What the interlocks do in this tick: share of the set speed that is left, drive without power, clamp shut, heater cut."""

    speed: float = 1.0
    cut: bool = False
    clamp: bool = False
    cool: bool = False


FREE = Hold()


@dataclass(frozen=True, slots=True)
class State:
    """How one interlock stands. `since_tick` is when it tripped, `changed_tick` when its reading last passed the limit (-1 = has not)."""

    tripped: bool = False
    since_tick: int = -1
    changed_tick: int = -1
    speed: float = 1.0


class Standing(NamedTuple):
    """One interlock as it is shown: `state` is off, no power, no signal, armed, tripped or overridden; `value` None = blank."""

    row: Interlock
    state: str
    tripped: bool
    since_tick: int
    value: float | None
    limit: float


_REST = State()


def interlocks_of(spec: CircuitSpec) -> tuple[Interlock, ...]:
    """Return the interlocks of a circuit; NameUnknownError for one that there is not, CircuitError where it cannot act."""
    for given in spec.interlocks:
        if given.id not in INTERLOCKS:
            raise NameUnknownError(f"interlock (circuit '{spec.id}')", given.id, INTERLOCKS)
        if INTERLOCKS[given.id].does == "clamp" and not _has_clamp(spec):
            raise CircuitError(
                f"interlock '{given.id}' of circuit '{spec.id}' has nothing to close: put {ELECTRONIC_CLAMP} among a part's clamps"
            )
    return tuple(INTERLOCKS[given.id] for given in spec.interlocks)


def starting(given: Iterable[InterlockSpec]) -> dict[str, float]:
    """Return how the controls of a circuit's interlocks stand as it is delivered: armed or not, and limits of its own."""
    controls: dict[str, float] = {}
    for one in given:
        row = INTERLOCKS[one.id]
        controls[row.arm] = 1.0 if one.armed else 0.0
        if one.limit is not None:
            controls[row.limit] = one.limit
    return controls


def _has_clamp(spec: CircuitSpec) -> bool:
    return any(ELECTRONIC_CLAMP in part.clamps for part in spec.parts)


def alarm_of(interlock: str) -> str:
    """Return the id of the alarm that says that an interlock acts."""
    return f"interlock_{interlock}"


class Interlocks:
    """All interlocks of one machine with their memory. `act` once a tick; everything else reads or answers."""

    def __init__(self, spec: CircuitSpec) -> None:
        """Stand armed or off as the controls say, and not tripped."""
        self.rows = interlocks_of(spec)
        self.readings = frozenset({row.reading for row in self.rows} | {"flow_l_min", "p_post_mmhg"}) if self.rows else frozenset()
        self._clamp = _has_clamp(spec)
        self._delays = tuple(ticks(row.delay_s) for row in self.rows)
        self._states = [_REST] * len(self.rows)
        self._unsaid = {name: False for row in self.rows for name in (row.override, alarm_of(row.name))}
        self._armed: tuple[tuple[int, int, float], ...] = ()
        self._calm = False  # each rests, or has tripped and stays so until a hand re-arms it
        self.hold = FREE  # what they did last
        self.changes = 0  # of what has tripped
        self.shut = False

    def watch(self, lit: Mapping[str, int], controls: Mapping[str, float], live_hosts: AbstractSet[str]) -> None:
        """Know what can trip from now on: again whenever a display, a control or a host has changed.

        `lit` says where each reading that is shown stands among the numbers.
        """
        self._armed = tuple(
            (lit[row.reading], row.sign, limit_of(row, controls))
            for i, row in enumerate(self.rows)
            if row.host in live_hosts and controls[row.arm] >= 0.5 and row.reading in lit and not self._stays(i)
        )
        self._calm = False

    def quiet(self, numbers: Any) -> bool:
        """Whether nothing new is past a limit and nothing counts time: then `act` would give `hold` again, and need not be asked."""
        if not self._calm:
            return False
        for at, sign, limit in self._armed:  # noqa: SIM110  a generator would cost more than what it asks
            if sign * (numbers[at] - limit) > 0.0:
                return False
        return True

    def act(
        self, tick: int, shown: Mapping[str, float | None], controls: Mapping[str, float], live_hosts: AbstractSet[str], *, cranked: bool
    ) -> Hold:
        """Look at the displays of the tick before and return what is done in this one. `cranked`: a hand turns the pump."""
        acting = []
        for i, row in enumerate(self.rows):
            before = self._states[i].tripped
            self._states[i] = state = self._follow(i, row, tick, shown, controls, live_hosts)
            self.changes += state.tripped != before
            if state.tripped and controls[row.override] < 0.5:
                acting.append((row, state))
        if acting or self.shut:
            self.shut = self._clamped(acting, shown, cranked=cranked)
        does = {row.does for row, _ in acting}
        speed = min([0.0 if row.does == "stop" else state.speed for row, state in acting], default=1.0)
        self.hold = Hold(speed, "cut" in does, self.shut, "cool" in does)
        still = cranked or not self._clamp or self.shut == any(row.name == "bubble" for row, _ in acting)
        self._calm = still and all(state is _REST or self._stays(i) for i, state in enumerate(self._states))
        return self.hold

    def _stays(self, i: int) -> bool:
        """Whether it has tripped and stays so, whatever its reading does, until it is re-armed."""
        return self._states[i].tripped and self.rows[i].latching

    def _clamped(self, acting: Iterable[tuple[Interlock, State]], shown: Mapping[str, float | None], *, cranked: bool) -> bool:
        """Return whether the electronic clamp is shut: by gas or backflow, once the pump stands, until the pump pushes again."""
        if not self._clamp or cranked:
            return False
        flow, line = shown.get("flow_l_min"), shown.get("p_post_mmhg")
        if any(row.name == "bubble" for row, _ in acting):
            return self.shut or flow is None or flow < CLAMP_BELOW_L_MIN
        if any(row.does == "clamp" for row, _ in acting):
            return True
        return self.shut and line is not None and line < OPENS_MMHG

    def let_go(self) -> None:
        """A hand has opened the electronic clamp: it shuts anew if it has to."""
        self.shut = False
        self._states = [_REST if row.does == "clamp" else state for row, state in zip(self.rows, self._states, strict=True)]
        self.changes += 1

    def _follow(
        self, i: int, row: Interlock, tick: int, shown: Mapping[str, float | None], controls: Mapping[str, float], live: AbstractSet[str]
    ) -> State:
        state, value = self._states[i], shown.get(row.reading)
        if row.host not in live or controls[row.arm] < 0.5:
            return _REST
        if row.does == "slow":
            return _slowed(state, tick, value, controls[row.limit])
        if row.does == "clamp" and state.tripped:
            line = shown.get("p_post_mmhg")
            return _REST if line is not None and line >= OPENS_MMHG else state
        limit = limit_of(row, controls)
        past = value is not None and row.sign * (value - limit) > 0.0
        if state.tripped:
            back = value is not None and row.sign * (value - limit) < -row.clear_by
            return _REST if back and not row.latching else state
        if not past:
            return _REST
        since = state.changed_tick if state.changed_tick >= 0 else tick
        tripped = tick - since >= self._delays[i]
        return State(tripped, tick if tripped else -1, since)

    def rearm(self, control: str) -> None:
        """Forget the trip of the interlock whose switch was set to armed: it acts again if its reading is still past the limit."""
        for i, row in enumerate(self.rows):
            if row.arm == control:
                self._states[i] = _REST
                self.changes += 1

    def said(self, controls: Mapping[str, float]) -> dict[str, bool]:
        """Return the conditions of their alarms that hold: which act, which are overridden."""
        said = dict(self._unsaid)
        for row, state in zip(self.rows, self._states, strict=True):
            if controls[row.override] > 0.5:
                said[row.override] = True
            elif state.tripped:
                said[alarm_of(row.name)] = True
        return said

    def standing(self, shown: Mapping[str, float | None], controls: Mapping[str, float], live: AbstractSet[str]) -> tuple[Standing, ...]:
        """Return how each interlock stands, in the order of the circuit."""
        return tuple(
            Standing(
                row,
                _word(row, state, shown.get(row.reading), controls, live),
                state.tripped,
                state.since_tick,
                shown.get(row.reading),
                controls[row.limit],
            )
            for row, state in zip(self.rows, self._states, strict=True)
        )

    def save(self) -> dict[str, object]:
        """Return the memory as plain JSON data."""
        states = {r.name: [s.tripped, s.since_tick, s.changed_tick, s.speed.hex()] for r, s in zip(self.rows, self._states, strict=True)}
        return {"shut": self.shut, "states": {name: state for name, state in states.items() if state != [False, -1, -1, (1.0).hex()]}}

    def load(self, saved: Mapping[str, object]) -> None:
        """Take up what `save` gave, for the same circuit."""
        states = saved["states"]
        if not isinstance(states, Mapping):
            raise CircuitError("these saved interlocks are not what save() gives: 'states' is needed")
        self.shut = saved["shut"] is True
        held = {name: State(t, since, changed, float.fromhex(speed)) for name, (t, since, changed, speed) in states.items()}
        self._states = [held.get(row.name, _REST) for row in self.rows]
        self.changes, self._calm = self.changes + 1, False


def limit_of(row: Interlock, controls: Mapping[str, float]) -> float:
    """Return the limit in the reading's unit: for the runaway protection it lies above the set speed."""
    return controls[row.limit] + (controls[row.over_set] if row.over_set else 0.0)


def _slowed(state: State, tick: int, value: float | None, limit: float) -> State:
    """The pressure interlock: speed goes while the pressure is over the limit, and comes back slowly below it."""
    if value is None:
        return _REST
    if value > limit:
        return State(
            tripped=True,
            since_tick=state.since_tick if state.tripped else tick,
            speed=max(0.0, state.speed - SLOWS_PER_S * TICK_S),
        )
    if not state.tripped:
        return _REST
    speed = state.speed + RETURNS_PER_S * TICK_S if value < FALLS_BACK * limit else state.speed
    return _REST if speed >= 1.0 else replace(state, speed=speed)


def _word(row: Interlock, state: State, value: float | None, controls: Mapping[str, float], live: AbstractSet[str]) -> str:
    if row.host not in live:
        return "no power"
    if controls[row.arm] < 0.5:
        return "off"
    if controls[row.override] > 0.5:
        return "overridden"
    if state.tripped:
        return "tripped"
    return "armed" if value is not None else "no signal"
