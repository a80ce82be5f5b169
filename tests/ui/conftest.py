"""Snapshots made by hand and a panel to show them on: the screen is dumb, so a snapshot is all that a test of it needs."""

from collections.abc import Callable, Mapping
from dataclasses import replace
from math import inf

import pygame
import pytest

from drill.circuit.alarms import AlarmLimit
from drill.circuit.alarmspec import alarm_specs
from drill.circuit.controls import CLAMPS, CONTROLS
from drill.circuit.interlocks import INTERLOCKS
from drill.circuit.readings import SHOWN
from drill.circuit.scene import LineView, PumpView, Scene
from drill.engine.actions import Action
from drill.engine.snapshot import InterlockView, OptionView, PersonView, Snapshot, Wave
from drill.records.home import pack_roots
from drill.scenarios.load import Loaded, load_scenario
from drill.ui.canvas import Canvas
from drill.ui.monitor import Monitor
from drill.ui.panel import MONITOR, Panel
from drill.ui.theme import load_theme

SIZES = ((1280, 720), (1920, 1080))
VENOUS, ARTERIAL = 0.68, 0.99
VA_CLAMPS = ("clamp_return", "clamp_drainage", "clamp_pump_outlet", "clamp_post_ox", "clamp_distal_perfusion")
ELSEWHERE = frozenset(  # controls of lines, heads and interlocks that this circuit has not
    {c for c in CLAMPS if c not in VA_CLAMPS}
    | {"aortic_clamp", "aortic_vent", "tap_filter_purge", "vacuum_mmhg", "gas_hose_second", "water_second", "lung_tapped"}
    | {"suction_rpm", "vent_rpm", "cardioplegia_rpm", "spare_rpm", "spare_links", "module_power", "line_over_field", "line_in_svc"}
    | {name for i in INTERLOCKS.values() if i.name not in ("bubble", "water") for name in (i.limit, i.arm, i.override)}
    | {"limit_level_low_ml", "limit_dp_ox_high_mmhg"}
)
VENOUS_PARTS = ("drainage_cannula", "drainage_line", "pump", "pump_ox_line")
STEADY = {
    "flow_l_min": 4.0, "pump_rpm": 3500, "p_ven_mmhg": -62, "p_pre_mmhg": 231, "p_post_mmhg": 196, "dp_ox_mmhg": 35, "svo2_pct": 71,
    "sweep_l_min": 4.0, "fdo2_pct": 100, "map_mmhg": 66, "sys_mmhg": 74, "dia_mmhg": 60, "pulse_pressure_mmhg": 14, "cvp_mmhg": 9,
    "hr_bpm": 104, "spo2_right_hand_pct": 97, "spo2_foot_pct": 99, "nirs_pct": 64, "hb_g_l": 101,
    "etco2_mmhg": 31, "temp_core_c": 36.4, "water_temp_c": 37.0, "battery_pct": 100,
}  # fmt: skip


@pytest.fixture(scope="session")
def loaded() -> Loaded:
    """The real circuit with its drawing, and the real list of things to say and do."""
    return load_scenario("pump_head_failure/va_flow_lost", roots=pack_roots())


@pytest.fixture
def steady(loaded: Loaded) -> Snapshot:
    """A steady run, 20 s old, at 4 L/min."""
    return steady_snapshot(loaded)


def steady_snapshot(loaded: Loaded) -> Snapshot:
    """Return a steady run's snapshot."""
    colours = {part.id: VENOUS if part.id in VENOUS_PARTS else ARTERIAL for part in loaded.circuit.parts}
    lines = {part: LineView(66.7, (saturation,) * 4, (0.0,) * 4, 100.0) for part, saturation in colours.items()}
    shown: dict[str, float | None] = {name: STEADY.get(name) for name in SHOWN}
    controls = {c.name: c.default for c in CONTROLS.values()}
    controls.update(pump_rpm_set=3500, sweep_l_min=4)
    return Snapshot(
        tick=1000,
        time_s=20.0,
        mode="practice",
        case_name="VA ECMO, late shift",
        case_line="femoro-femoral · 62 y, 80 kg · cardiogenic shock, day 2",
        shown=shown,
        notes={},
        controls=controls,
        control_since={},
        alarms=(),
        audio_pause_s=0.0,
        team=(
            PersonView("you", "You", 0, 2, "", 0),
            PersonView("nurse", "Bedside nurse", 0, 2, "", 0),
            PersonView("intensivist", "Intensivist", inf, 2, "", 0),
        ),
        jobs=(),
        options=tuple(options(loaded)),
        log=(),
        prompts=(),
        scene=Scene(lines, PumpView(3500, "console", 0.0), True, 0.0, False, False, False),
        wave=Wave(0.3, 60.0, 9.0, 0.1),
        off_support_s=0.0,
        outcome="",
        ended=False,
        limits=tuple(limits(loaded)),
        interlocks=tuple(
            InterlockView(i.name, i.title, "armed", i.reading, None, CONTROLS[i.limit].default, i.limit, i.arm, i.override)
            for i in (INTERLOCKS[lock.id] for lock in loaded.circuit.interlocks)
        ),
    )


def limits(loaded: Loaded) -> list[AlarmLimit]:
    """Return the limits of the circuit's alarms, as it is delivered."""
    specs = [s for s in alarm_specs(loaded.circuit.alarms) if s.reading]
    knobs = [s.limit if isinstance(s.limit, str) else "" for s in specs]
    return [
        AlarmLimit(s.id, s.text, s.priority, s.host, s.reading, s.sign, CONTROLS[knob].default if knob else 0.0, knob, "on")
        for s, knob in zip(specs, knobs, strict=True)
    ]


def options(loaded: Loaded) -> list[OptionView]:
    """Return the whole list of things to say and do, as a session makes it."""
    tasks, out = loaded.tasks, []
    for group in tasks.groups:
        out += [OptionView("say", s.id, s.title, group.id, 0, 0, False, False, "") for s in tasks.sayings if s.group == group.id]
        for task in (t for t in tasks.tasks if t.group == group.id):
            verbs = ["do"] * ("you" in task.by) + ["order"] * any(who != "you" for who in task.by)
            out += [OptionView(v, task.id, task.title, group.id, task.seconds or 0, task.hands, False, False, "") for v in verbs]
        out += [OptionView("look", k.id, k.title, group.id, k.seconds, 0, False, False, "") for k in tasks.looks if k.group == group.id]
    return out


def changed(snapshot: Snapshot, *, scene: Mapping[str, object] | None = None, **values: object) -> Snapshot:
    """Return the snapshot with some fields changed; `shown` and `controls` are merged, `scene` names fields of the scene."""
    for name in ("shown", "controls", "control_since", "notes"):
        if name in values:
            values[name] = {**getattr(snapshot, name), **values[name]}  # type: ignore[dict-item]
    if scene:
        values["scene"] = replace(snapshot.scene, **scene)  # type: ignore[arg-type]
    return replace(snapshot, **values)  # type: ignore[arg-type]


class Stage:
    """A panel on a surface without a window, with a clock that stands until it is moved."""

    def __init__(self, loaded: Loaded, size: tuple[int, int], *, named: bool = False, theme: str = "default", flash: bool = True) -> None:
        self.now_s = 100.0
        self.canvas = Canvas(load_theme(theme), size)
        self.surface = pygame.Surface(size, depth=32)
        self.canvas.surface = self.surface
        self.canvas.clear_record()
        self._make: Callable[[], Panel] = lambda: Panel(
            loaded.circuit, loaded.tasks.groups, named=named, flash=flash, clock=lambda: self.now_s
        )
        self.panel = self._make()
        self.panel._ready(self.canvas)
        self.standing = list(self.canvas.placed)
        self.canvas.recording = False

    def reset(self) -> "Stage":
        """Take a new panel onto the pictures that have been made: they take longer to make than most tests."""
        old, self.panel, self.now_s = self.panel, self._make(), 100.0
        self.panel._canvas = self.canvas
        for part in ("names", "schematic", "console"):
            setattr(self.panel, part, getattr(old, part))
        self.panel.monitor = Monitor(self.canvas, MONITOR, self.panel.names)
        self.canvas.surface = self.surface
        return self

    def labels(self, snapshot: Snapshot) -> list[tuple[str, pygame.FRect]]:
        """Draw, and return every text on the picture with its logical box."""
        self.canvas.clear_record()
        self.draw(snapshot)
        self.canvas.recording = False
        return [*self.standing, *self.canvas.placed]

    def draw(self, snapshot: Snapshot) -> pygame.Surface:
        """Draw and return a copy of the picture."""
        self.panel.draw(self.canvas, snapshot)
        return self.surface.copy()

    def event(self, kind: int, snapshot: Snapshot, **values: object) -> list[Action] | None:
        """Give the panel an event."""
        return self.panel.handle(pygame.Event(kind, values), self.canvas, snapshot)

    def key(self, scancode: int, snapshot: Snapshot, *, shift: bool = False) -> list[Action]:
        """Press and release a key by its place."""
        acts = self.event(pygame.KEYDOWN, snapshot, scancode=scancode, key=0, mod=pygame.KMOD_SHIFT if shift else 0, unicode="")
        self.event(pygame.KEYUP, snapshot, scancode=scancode, key=0, mod=0)
        return acts or []

    def point(self, at: tuple[float, float], snapshot: Snapshot) -> list[Action]:
        """Move the pointer to a logical point."""
        return self.event(pygame.MOUSEMOTION, snapshot, pos=self.canvas.at(at), rel=(0, 0), buttons=(0, 0, 0)) or []

    def click(self, at: tuple[float, float], snapshot: Snapshot, button: int = 1) -> list[Action]:
        """Click a logical point."""
        self.point(at, snapshot)
        acts = self.event(pygame.MOUSEBUTTONDOWN, snapshot, pos=self.canvas.at(at), button=button) or []
        return [*acts, *(self.event(pygame.MOUSEBUTTONUP, snapshot, pos=self.canvas.at(at), button=button) or [])]

    def colour(self, at: tuple[float, float]) -> tuple[int, int, int]:
        """Return the colour of the pixel at a logical point of the last picture."""
        red, green, blue, _ = self.surface.get_at(self.canvas.at(at))
        return red, green, blue


@pytest.fixture(scope="session")
def stages() -> dict[object, Stage]:
    """The stages that have been made."""
    return {}


@pytest.fixture
def make_stage(loaded: Loaded, stages: dict[object, Stage]) -> Callable[..., Stage]:
    """Make panels of other sizes and themes; `fresh` ones share nothing with those of other tests."""

    def make(size: tuple[int, int] = SIZES[0], *, fresh: bool = False, **settings: object) -> Stage:
        key = (size, *sorted(settings.items()))
        if fresh or key not in stages:
            pygame.register_quit(stages.clear)  # what was drawn with dies with pygame, which other tests may end
            stages[key] = Stage(loaded, size, **settings)  # type: ignore[arg-type]
        return stages[key].reset()

    return make


@pytest.fixture
def stage(make_stage: Callable[..., Stage]) -> Stage:
    """A panel at 1280 x 720."""
    return make_stage()
