"""The frozen view of one tick: all that a screen draws and all that a robot may know."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import NamedTuple

from drill.circuit.alarms import AlarmLimit
from drill.circuit.scene import Scene


@dataclass(frozen=True, slots=True)
class AlarmView:
    """One alarm that is active or latched. `text` is "LOW FLOW 0.0 (limit 2.0)"; priority high, medium or low."""

    id: str
    priority: str
    text: str
    active: bool
    acknowledged: bool
    since_tick: int


@dataclass(frozen=True, slots=True)
class InterlockView:
    """One interlock. `state`: off, no power, no signal, armed, tripped or overridden; `value` None = blank."""

    name: str
    title: str
    state: str
    reading: str
    value: float | None
    limit: float
    limit_control: str
    arm: str
    override: str


@dataclass(frozen=True, slots=True)
class AlarmLine:
    """One line of the alarm log; ticks are -1 for what has not happened."""

    priority: str
    text: str
    since_tick: int
    over_tick: int
    acknowledged_tick: int


@dataclass(frozen=True, slots=True)
class LabView:
    """One sample: when it was drawn, how long its result still takes (0 = it is here), and what it says then."""

    title: str
    drawn_tick: int
    left_s: float
    numbers: tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True)
class PersonView:
    """One member of the team. `here_in_s` counts down until a called person arrives (0 = here, inf = not called)."""

    id: str
    title: str
    here_in_s: float
    hands_free: int
    doing: str
    free_in_s: float


@dataclass(frozen=True, slots=True)
class JobView:
    """One job under way. `progress` 0-1; an open-ended job (cranking, compressions) has left_s None."""

    task: str
    title: str
    who: str
    left_s: float | None
    progress: float


class PromptView(NamedTuple):
    """What guided mode says now, and why; `why` may be ""."""

    text: str
    why: str = ""


@dataclass(frozen=True, slots=True)
class OptionView:
    """One thing to say, do or look at. The list is the same in every case and in a fixed order.

    A job that the trainee and others can do is there twice, with the verbs `do` and `order`.
    `group` is the row of the panel that holds it; `reason` says why it cannot be done now ("" = it can).
    """

    verb: str
    target: str
    title: str
    group: str
    seconds: float
    hands: int
    done: bool
    running: bool
    reason: str


@dataclass(frozen=True, slots=True)
class LogLine:
    """One line of the log as the trainee reads it. `kind`: alarm, act, say, team, machine, end."""

    tick: int
    kind: str
    text: str


@dataclass(frozen=True, slots=True)
class Wave:
    """Samples for the monitor's traces at one tick (20 ms); a trace without a signal is None.

    `ecg_phase` runs 0-1 over a beat, R wave near 0.12; pressures in mmHg; `pleth` in arbitrary units. `rhythm` is "beating",
    "fibrillation" or "standstill": a heart that does not beat has no complexes, whatever its phase.
    """

    ecg_phase: float | None
    art_mmhg: float | None
    cvp_mmhg: float | None
    pleth: float | None
    rhythm: str = "beating"


@dataclass(frozen=True, slots=True)
class Snapshot:
    """State after tick `tick`. `shown` holds every shown reading (None = blank); `notes` says why one is blank."""

    tick: int
    time_s: float
    mode: str
    case_name: str
    case_line: str
    shown: Mapping[str, float | None]
    notes: Mapping[str, str]
    controls: Mapping[str, float]
    control_since: Mapping[str, int]
    alarms: tuple[AlarmView, ...]
    audio_pause_s: float
    team: tuple[PersonView, ...]
    jobs: tuple[JobView, ...]
    options: tuple[OptionView, ...]
    log: tuple[LogLine, ...]
    prompts: tuple[PromptView, ...]
    scene: Scene
    wave: Wave
    off_support_s: float
    outcome: str
    ended: bool
    limits: tuple[AlarmLimit, ...] = ()
    interlocks: tuple[InterlockView, ...] = ()
    alarm_log: tuple[AlarmLine, ...] = ()
    labs: tuple[LabView, ...] = ()
