"""What the drill screen shows of a snapshot, by its pixels and by where its words stand."""

from collections.abc import Callable
from dataclasses import replace
from itertools import combinations, pairwise, permutations

import numpy as np
import pygame
import pytest

from drill import TRAINING_ONLY
from drill.circuit.scene import LineView, PumpView
from drill.engine.snapshot import AlarmView, JobView, LogLine, PersonView, PromptView, Snapshot
from drill.scenarios.load import Loaded
from drill.ui.bars import ALARMS, TOP, any_dark
from drill.ui.canvas import Box
from drill.ui.lungs import ports
from drill.ui.monitor import ECG_STEPS, ISOELECTRIC, ecg_height
from drill.ui.panel import CIRCUIT, CONSOLE, LOG, MONITOR, SAYDO, TEAM
from drill.ui.theme import FLASH_MAX_HZ, load_theme, theme_names
from drill.units import TICK_S

from .conftest import SIZES, VA_CLAMPS, Stage, changed, steady_snapshot

PANES = {"top": TOP, "alarms": ALARMS, "circuit": CIRCUIT, "monitor": MONITOR, "console": CONSOLE, "team": TEAM, "saydo": SAYDO, "log": LOG}
ROUNDING = 1.5  # logical pixels: text is placed on whole pixels
DESCENT = 2.5  # logical pixels that a g or a p reaches below its line
CONSOLE_READINGS = ("flow_l_min", "pump_rpm", "p_ven_mmhg", "p_pre_mmhg", "p_post_mmhg", "dp_ox_mmhg", "svo2_pct", "hb_g_l")

KINDS = ("alarm", "act", "say", "team", "machine", "alarm", "act", "say", "end")

MakeStage = Callable[..., Stage]


def alarms(*, acknowledged: bool = False) -> tuple[AlarmView, ...]:
    """Three alarms at once, the lowest already over."""
    return (
        AlarmView("low_flow", "high", "LOW FLOW -1.1 (limit 2.0)", True, acknowledged, 0),
        AlarmView("map_low", "high", "MAP 38 (limit 55)", True, acknowledged, 5),
        AlarmView("spo2_low", "medium", "SpO2 R HAND 84 (limit 88)", False, acknowledged, 9),
    )


def dark_console(steady: Snapshot) -> Snapshot:
    """The console has no power: its readings are blank."""
    return changed(steady, shown=dict.fromkeys(CONSOLE_READINGS), scene={"console_lit": False}, controls={"isolation_switch": 0.0})


def crisis(steady: Snapshot) -> Snapshot:
    """Motor fault, all clamps on, the head in hand, everyone busy, three alarms, a full log, a prompt of guided mode."""
    return changed(
        steady,
        mode="guided",
        scene={"pump": PumpView(0, "moving", 0.0), "motor_lamp": True, "backup_console_here": True, "compressions": True},
        controls=dict.fromkeys((*VA_CLAMPS, "tap_drainage", "tap_post_ox", "vent_ox"), 1.0),
        control_since=dict.fromkeys(VA_CLAMPS, 300),
        shown={"flow_l_min": -1.08, "pump_rpm": 0, "spo2_right_hand_pct": None, "spo2_foot_pct": None, "p_ven_mmhg": -120},
        notes={"spo2_right_hand_pct": "low perfusion", "spo2_foot_pct": "no pulse"},
        alarms=alarms(),
        audio_pause_s=84.0,
        off_support_s=41.0,
        team=(
            PersonView("you", "You", 0, 0, "Move the pump head", 3),
            PersonView("nurse", "Bedside nurse", 0, 0, "x", 3),
            steady.team[2],
        ),
        jobs=(
            JobView("transfer_to_emergency_drive", "Move the pump head to the emergency drive", "you", 3.4, 0.32),
            JobView("compressions", "Chest compressions", "nurse", None, 0.0),
        ),
        log=tuple(LogLine(k * 50, kind, f"It happens, and it takes many words to tell it, number {k}") for k, kind in enumerate(KINDS)),
        prompts=(PromptView("Flow is lost. " * 12),),
    )


def cranking(steady: Snapshot) -> Snapshot:
    """The head is on the emergency drive and the trainee cranks."""
    return changed(
        steady,
        scene={"pump": PumpView(2900, "emergency_drive", 0.0), "motor_lamp": True, "backup_console_here": True},
        controls={"crank_rpm": 82.0, "pump_rpm_set": 0.0},
        shown={"flow_l_min": None, "pump_rpm": None, "crank_tach_rpm": 2900},
        jobs=(JobView("crank_emergency_drive", "Crank the emergency drive", "you", None, 0.0),),
    )


def backup(steady: Snapshot) -> Snapshot:
    """The head is on the backup console, which is still starting."""
    scene = {"pump": PumpView(0, "backup_console", 0.0), "backup_console_here": True, "console_booting_s": 5.0}
    return changed(steady, scene=scene, shown=dict.fromkeys(CONSOLE_READINGS))


STATES: dict[str, Callable[[Snapshot], Snapshot]] = {
    "steady": lambda steady: steady,
    "dark": dark_console,
    "crisis": crisis,
    "cranking": cranking,
    "backup": backup,
}


def labels(stage: Stage, snapshot: Snapshot, group: str = "") -> list[tuple[str, pygame.FRect]]:
    """Return every text of a picture with its logical box, with a group of the say-and-do list open."""
    stage.panel.saydo.group = group
    return stage.labels(snapshot)


def inside(box: Box, rect: pygame.FRect, slack: float = ROUNDING) -> bool:
    """Whether a rectangle lies in a box."""
    x, y, w, h = box
    return rect.left >= x - slack and rect.top >= y - slack and rect.right <= x + w + slack and rect.bottom <= y + h + slack


def differing(one: pygame.Surface, other: pygame.Surface) -> list[tuple[int, int]]:
    """Return the pixels in which two pictures differ."""
    unlike = pygame.surfarray.array3d(one) != pygame.surfarray.array3d(other)
    return [(int(x), int(y)) for x, y in np.argwhere(unlike.any(axis=2))]


def same(one: pygame.Surface, other: pygame.Surface, box: pygame.Rect | None = None) -> bool:
    """Whether two pictures are equal, or equal within a box of pixels."""
    if box is None:
        return pygame.image.tobytes(one, "RGB") == pygame.image.tobytes(other, "RGB")
    return pygame.image.tobytes(one.subsurface(box), "RGB") == pygame.image.tobytes(other.subsurface(box), "RGB")


# -- layout ------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("size", SIZES)
@pytest.mark.parametrize("state", STATES)
@pytest.mark.parametrize("names", ["bare", "named"])
def test_no_text_overlaps_another_and_each_lies_in_a_pane(
    make_stage: MakeStage, steady: Snapshot, state: str, names: str, size: tuple[int, int]
) -> None:
    """In every state, at both sizes, with and without names, texts are disjoint and inside their panes."""
    placed = labels(make_stage(size, named=names == "named"), STATES[state](steady))
    for text, rect in placed:
        assert any(inside(box, rect) for box in PANES.values()), f"'{text}' at {rect} sticks out of its pane"
    for (a, one), (b, other) in combinations(placed, 2):
        meet = one.clip(other)
        assert meet.width < ROUNDING or meet.height < ROUNDING, f"'{a}' at {one} overlaps '{b}' at {other}"


@pytest.mark.parametrize("size", SIZES)
@pytest.mark.parametrize("count", range(1, 9))
def test_a_team_of_up_to_eight_can_be_read(make_stage: MakeStage, steady: Snapshot, count: int, size: tuple[int, int]) -> None:
    """All of them busy with something long: no line of the pane touches another, none leaves it, and each says what it is."""
    team = tuple(PersonView(f"p{k}", f"Second perfusionist {k}", 0, 0, "x", 3) for k in range(count))
    jobs = tuple(JobView("t", f"Fetch the backup console from the other room {k}", f"p{k}", 42.0, 0.5) for k in range(count))
    placed = [(t, r) for t, r in labels(make_stage(size), changed(steady, team=team, jobs=jobs)) if r.colliderect(pygame.FRect(TEAM))]
    assert sum(text.startswith("Fetch") for text, _ in placed) == count == sum(text.startswith("Second") for text, _ in placed)
    for text, rect in placed:
        assert inside(TEAM, rect), f"'{text}' at {rect}"
    for (a, one), (b, other) in permutations(placed, 2):
        meet = pygame.FRect(one.x, one.y, one.w, one.h + DESCENT).clip(other)
        assert meet.width < ROUNDING or meet.height == 0, f"'{a}' at {one} reaches into '{b}' at {other}"


@pytest.mark.parametrize("size", SIZES)
def test_the_open_groups_keep_their_texts_apart(make_stage: MakeStage, loaded: Loaded, steady: Snapshot, size: tuple[int, int]) -> None:
    """Each group, opened with the longest reasons on every entry, fits its pane."""
    reason = "the pump head is not on the emergency drive"
    blocked = changed(steady, options=tuple(replace(o, reason=reason, done=True) for o in steady.options))
    for snapshot in (steady, blocked):
        for group in loaded.tasks.groups:
            own = [(t, r) for t, r in labels(make_stage(size), snapshot, group.id) if r.colliderect(pygame.FRect(SAYDO))]
            assert len(own) > 3
            for text, rect in own:
                assert inside(SAYDO, rect), f"'{text}' in group {group.id}"
            for (a, one), (b, other) in combinations(own, 2):
                meet = one.clip(other)
                assert meet.width < ROUNDING or meet.height < ROUNDING, f"'{a}' overlaps '{b}' in group {group.id}"


@pytest.mark.parametrize("state", ["steady", "crisis"])
def test_no_text_of_the_circuit_lies_on_a_tube_or_a_clamp(make_stage: MakeStage, steady: Snapshot, state: str) -> None:
    """Names, readings and keys keep clear of blood, steel and the oxygenator's edge; its own two are meant to lie on it."""
    stage = make_stage(named=True)
    placed = [(t, r) for t, r in labels(stage, STATES[state](steady)) if inside(CIRCUIT, r)]
    scenery = stage.panel.schematic.scenery
    for tube in stage.panel.drawing.tubes:
        path = scenery.paths[tube.part]
        points = [path.at(float(k))[:2] for k in range(int(path.length))]
        for text, rect in placed:
            near = rect.inflate(tube.width, tube.width)
            assert not any(near.collidepoint(p) for p in points), f"'{text}' lies on {tube.part}"
    lung = pygame.FRect(scenery.b(stage.panel.drawing.oxygenator.box))
    for text, rect in placed:
        assert lung.contains(rect) or not lung.colliderect(rect), f"'{text}' runs over the oxygenator's edge"
    if state == "crisis":
        for clamp, (picture, at) in scenery.jaws.items():
            left, top = stage.canvas.logical(at)
            steel = pygame.FRect(left + 2, top + 2, picture.get_width() - 4, picture.get_height() - 4)
            for text, rect in placed:
                assert not rect.colliderect(steel), f"'{text}' lies on {clamp}"


@pytest.mark.parametrize("state", STATES)
def test_the_screen_always_says_what_it_is(make_stage: MakeStage, steady: Snapshot, state: str) -> None:
    """Every state of the screen carries the words that make it a training aid."""
    assert TRAINING_ONLY in [text for text, _ in labels(make_stage(), STATES[state](steady))]


# -- blood -------------------------------------------------------------------------------------------------------------


def with_blood(steady: Snapshot, part: str, saturations: tuple[float, ...], flow_ml_s: float = 0.0) -> Snapshot:
    """Put blood of these saturations into a part, and let nothing flow anywhere else."""
    lines = {name: replace(view, flow_ml_s=0.0) for name, view in steady.scene.lines.items()}
    lines[part] = LineView(flow_ml_s, saturations, (0.0,) * len(saturations), 100.0)
    return changed(steady, scene={"lines": lines})


def wall(stage: Stage, part: str, along: float) -> tuple[float, float]:
    """A point in a tube beside its middle line, where no dash runs."""
    x, y, _ = stage.panel.schematic.scenery.paths[part].at(along)
    ahead = stage.panel.schematic.scenery.paths[part].at(along + 1)
    return x - (ahead[1] - y) * 3.5, y + (ahead[0] - x) * 3.5


@pytest.mark.parametrize("theme", theme_names())
@pytest.mark.parametrize("saturation", [0.3, 0.55, 0.7, 0.85, 1.0])
def test_a_tube_has_the_colour_of_its_blood(make_stage: MakeStage, steady: Snapshot, theme: str, saturation: float) -> None:
    """At a place of the drainage line the colour is the theme's for that saturation."""
    stage = make_stage(theme=theme)
    stage.draw(with_blood(steady, "drainage_line", (saturation,) * 6))
    wanted, seen = load_theme(theme).blood_colour(saturation), stage.colour(wall(stage, "drainage_line", 180.0))
    assert max(abs(a - b) for a, b in zip(wanted, seen, strict=True)) < 30


@pytest.mark.parametrize("theme", theme_names())
def test_blood_that_a_look_calls_dark_is_seen_to_be_darker(theme: str) -> None:
    """Behind a lung that fails, 90 % stands out from 99 %; drained blood of 70 % is darker still."""
    bright, failing, drained = (sum(load_theme(theme).blood_colour(part)) for part in (0.99, 0.90, 0.70))
    assert bright - failing > 40
    assert failing - drained > 40


def test_bright_blood_running_backwards_is_seen_where_it_is(stage: Stage, steady: Snapshot) -> None:
    """Colour follows the cells from inlet to outlet: with the far end bright the near end is still dark, and the other way round."""

    def red(saturations: tuple[float, ...]) -> list[int]:
        stage.draw(with_blood(steady, "drainage_line", saturations))
        return [stage.colour(wall(stage, "drainage_line", along))[0] for along in (30.0, 110.0, 180.0, 280.0)]

    backwards, forwards = red((0.6, 0.7, 0.85, 1.0)), red((1.0, 0.85, 0.7, 0.6))
    assert backwards == sorted(backwards)
    assert backwards[-1] > backwards[0] + 60
    assert forwards == sorted(forwards, reverse=True)


def test_only_the_blood_that_changed_is_coloured_anew(stage: Stage, steady: Snapshot) -> None:
    """The same blood twice costs nothing; one changed cell touches a part of its own tube only."""
    stage.draw(steady)
    blood = stage.panel.schematic.scenery.blood
    assert blood.update(steady.scene.lines) == 0
    line = steady.scene.lines["return_line"]
    one = {**steady.scene.lines, "return_line": replace(line, saturations=(0.5, *line.saturations[1:]))}
    pieces = round(stage.panel.schematic.scenery.paths["return_line"].length / 6)
    assert 0 < blood.update(one) < pieces


@pytest.mark.parametrize(("flow_ml_s", "way"), [(60.0, 1), (-20.0, -1), (0.0, 0)])
def test_dashes_move_as_the_blood_does(stage: Stage, steady: Snapshot, flow_ml_s: float, way: int) -> None:
    """The dashes of a tube go its length in the time that the flow takes to fill it, the way the blood goes, and stand with it."""
    part = "return_line"
    snapshot = with_blood(steady, part, (0.99,) * 4, flow_ml_s)
    first = stage.draw(snapshot)
    schematic = stage.panel.schematic
    before, length = schematic._phase[part], schematic.scenery.paths[part].length
    second = stage.draw(replace(snapshot, time_s=snapshot.time_s + TICK_S))
    moved = (schematic._phase[part] - before + length / 2) % length - length / 2
    assert moved == pytest.approx(flow_ml_s / 100.0 * length * TICK_S)
    assert (moved > 0) - (moved < 0) == way
    rotor_stands = stage.canvas.rect(CIRCUIT)
    rotor_stands.height = stage.canvas.px(100)
    assert same(first, second, rotor_stands) == (way == 0)


def test_gas_is_seen_as_bubbles_where_it_is(stage: Stage, steady: Snapshot) -> None:
    """A cell with gas looks different in that half of the tube, and the other half stays as it was."""
    clean = with_blood(steady, "return_line", (0.99,) * 2)
    lines = {**clean.scene.lines, "return_line": LineView(0.0, (0.99, 0.99), (0.0, 0.2), 100.0)}
    first, second = stage.draw(clean), stage.draw(changed(clean, scene={"lines": lines}))
    path = stage.panel.schematic.scenery.paths["return_line"]
    split = stage.canvas.at(path.at(path.length / 2)[:2])[0]
    xs = [x for x, _ in differing(first, second)]
    assert len(xs) > 40
    assert max(xs) <= split + stage.canvas.px(8)


def test_what_is_cut_out_is_seen(stage: Stage, steady: Snapshot) -> None:
    """A lung or a head that is cut out says so; the lung looks pale, hose and water lines end before it; a cut line has gaps."""
    stage.canvas.clear_record()
    first = stage.draw(steady)
    assert "cut out" not in [text for text, _ in stage.canvas.placed]

    lung = stage.panel.drawing.oxygenator
    cut = {**steady.scene.lines, lung.part: replace(steady.scene.lines[lung.part], cut=True)}
    second = stage.draw(changed(steady, scene={"lines": cut}))
    assert "cut out" in [text for text, _ in stage.canvas.placed]
    x, y, w, h = lung.box
    own = stage.canvas.rect((CIRCUIT[0] + x - 6, CIRCUIT[1] + y - 6, w + 12, h + 12))
    gas_x, water = CIRCUIT[0] + lung.gas_x, ports(stage.panel.schematic.scenery, lung)
    gaps = [stage.canvas.rect((gas_x - 5, CIRCUIT[1] + y - 12, 10, 12)), stage.canvas.rect(water)]
    other = [at for at in differing(first, second) if not own.collidepoint(at)]
    assert all(any(gap.collidepoint(at) for gap in gaps) for at in other)
    assert all(any(gap.collidepoint(at) for at in other) for gap in gaps)

    pump = stage.panel.drawing.pump
    cut = {**steady.scene.lines, pump.part: replace(steady.scene.lines[pump.part], cut=True)}
    head = pygame.FRect(CIRCUIT[0] + pump.at[0] - pump.radius, CIRCUIT[1] + pump.at[1] - pump.radius, 2 * pump.radius, 2 * pump.radius)
    assert [head.contains(rect) for text, rect in stage.labels(changed(steady, scene={"lines": cut})) if text == "cut out"] == [True]

    cut = {**steady.scene.lines, "return_line": replace(steady.scene.lines["return_line"], cut=True)}
    path = stage.panel.schematic.scenery.paths["return_line"]
    ends = [stage.canvas.at(path.at(along)[:2]) for along in (0.0, path.length)]
    changed_at = differing(first, stage.draw(changed(steady, scene={"lines": cut})))
    assert len(changed_at) > 20
    assert all(min(abs(x - ex) + abs(y - ey) for ex, ey in ends) < stage.canvas.px(60) for x, y in changed_at)


# -- devices -----------------------------------------------------------------------------------------------------------


def test_the_rotor_turns_with_its_speed_and_stands_without(stage: Stage, steady: Snapshot) -> None:
    """A turning rotor changes the picture of the pump head from one moment to the next; a standing one does not."""
    eye, radius = stage.panel.drawing.pump.at, stage.panel.drawing.pump.radius
    box = stage.canvas.rect((CIRCUIT[0] + eye[0], CIRCUIT[1] + eye[1] - radius, radius, radius))
    for rpm in (3500.0, -900.0, 0.0):
        still = with_blood(changed(steady, scene={"pump": PumpView(rpm, "console", 0.0)}), "pump", (0.7,))
        first = stage.draw(still)
        second = stage.draw(replace(still, time_s=still.time_s + 0.06))
        assert same(first, second, box) == (rpm == 0.0)


def test_clot_in_the_head_is_seen_in_the_head_and_nowhere_else(stage: Stage, steady: Snapshot) -> None:
    """A clotted head shows dark clumps over its standing rotor."""
    eye, radius = stage.panel.drawing.pump.at, stage.panel.drawing.pump.radius
    box = stage.canvas.rect((CIRCUIT[0] + eye[0] - radius, CIRCUIT[1] + eye[1] - radius, 2 * radius, 2 * radius))
    clean, clotted = (stage.draw(changed(steady, scene={"pump": PumpView(0.0, "console", 0.0, clot)})) for clot in (False, True))
    assert not same(clean, clotted, box)
    for picture in (clean, clotted):
        picture.fill((0, 0, 0), box)
    assert same(clean, clotted, clean.get_rect())


@pytest.mark.parametrize("control", VA_CLAMPS)
def test_a_closed_clamp_is_seen_at_its_site_and_nowhere_else(stage: Stage, steady: Snapshot, control: str) -> None:
    """Closing a clamp changes the picture on the line there and beside it, where its name and time stand."""
    opened = stage.draw(steady)
    closed = stage.draw(changed(steady, controls={control: 1.0}, control_since={control: 300}))
    site = next(c for c in stage.panel.drawing.clamps if c.control == control)
    scenery = stage.panel.schematic.scenery
    picture, at = scenery.jaws[control]
    ring, ring_at = scenery.rings[control, False]
    x, y = scenery.p(site.label)
    words = stage.canvas.rect((x - (112 if site.align == "right" else 0), y - 14, 112, 50))
    places = [pygame.Rect(at, picture.get_size()), pygame.Rect(ring_at, ring.get_size()), words]
    changes = list(differing(opened, closed))
    stray = [p for p in changes if not any(place.collidepoint(p) for place in places)]
    assert not stray, f"{len(stray)} pixels changed elsewhere, first at {stray[0]}"
    (sx, sy), _ = scenery.sites[control]
    on_line = [p for p in changes if abs(p[0] - stage.canvas.at((sx, sy))[0]) < 9 and abs(p[1] - stage.canvas.at((sx, sy))[1]) < 9]
    assert len(on_line) > 60


def test_a_half_closed_clamp_says_so(stage: Stage, steady: Snapshot) -> None:
    """A clamp that is eased is neither an open ring nor a closed clamp with its time."""
    words = [t for t, _ in labels(stage, changed(steady, controls={"clamp_return": 0.6}))]
    assert "60 % closed" in words
    assert not any(t.startswith("closed ") for t in words)


def test_the_drive_that_holds_the_head_is_named_and_the_others_stand_by(make_stage: MakeStage, steady: Snapshot) -> None:
    """Exactly the drives that are here and do not hold the head are drawn standing by."""
    for on, here, waiting in (
        ("console", False, {"Emergency drive"}),
        ("console", True, {"Emergency drive", "Backup console"}),
        ("emergency_drive", True, {"Main drive", "Backup console"}),
        ("backup_console", True, {"Main drive", "Emergency drive"}),
        ("moving", False, {"Main drive", "Emergency drive"}),
    ):
        snapshot = changed(steady, scene={"pump": PumpView(0, on, 0.0), "backup_console_here": here})
        words = {t for t, r in labels(make_stage(), snapshot) if inside(CIRCUIT, r)}
        assert words & {"Main drive", "Emergency drive", "Backup console"} == waiting, on


# -- console, monitor, bars ---------------------------------------------------------------------------------------------


def test_a_console_without_power_shows_no_digit(make_stage: MakeStage, steady: Snapshot) -> None:
    """Its displays and its sensors' boxes are empty, not zero; the blender, which needs no power, still tells its setting."""
    words, digits = labels(make_stage(), dark_console(steady)), "0123456789"
    console = [t for t, r in words if inside((CONSOLE[0], CONSOLE[1], CONSOLE[2], 182), r)]
    assert not [t for t in console if any(c in digits for c in t)]
    scenery = make_stage().panel.schematic.scenery
    boxes = [scenery.sensor_box(s) for s in scenery.drawing.sensors]
    assert not [t for t, r in words for b in boxes if inside(b, r) and any(c in digits for c in t)]
    assert [t for t, r in labels(make_stage(), steady) if inside(CONSOLE, r) and t == "3500"]
    assert any("4.0 L/min" in t for t, r in words if inside(CIRCUIT, r))


def test_on_the_emergency_drive_the_console_shows_the_tachometer(make_stage: MakeStage, steady: Snapshot) -> None:
    """The crank's tachometer takes the place of the measured speed, and there is no flow to be read."""
    words = [t for t, r in labels(make_stage(), cranking(steady)) if inside(CONSOLE, r)]
    assert "TACHOMETER" in words
    assert "2900" in words
    assert "FLOW" not in words


def test_a_set_value_and_a_measured_one_do_not_look_alike(make_stage: MakeStage, steady: Snapshot) -> None:
    """The set speed carries the word, and another size than the measured one."""
    words = {t: r for t, r in labels(make_stage(), steady) if inside(CONSOLE, r)}
    assert words["set 3500"].height < words["3500"].height


def test_a_blank_reading_is_blank_on_the_monitor_with_its_reason(make_stage: MakeStage, steady: Snapshot) -> None:
    """Low perfusion stands where the saturation was; no old number stays."""
    blank = changed(steady, shown={"spo2_right_hand_pct": None}, notes={"spo2_right_hand_pct": "low perfusion"})
    words = [t for t, r in labels(make_stage(), blank) if inside(MONITOR, r)]
    assert "low perfusion" in words
    assert "97" not in words


def test_a_minus_sign_is_shown_for_backflow_and_never_a_minus_zero(make_stage: MakeStage, steady: Snapshot) -> None:
    """Negative flow reads −1.1; a flow that rounds to nothing reads 0.0."""
    for flow, wanted in ((-1.08, "−1.1"), (-0.04, "0.0"), (0.04, "0.0")):
        words = [t for t, r in labels(make_stage(), changed(steady, shown={"flow_l_min": flow})) if inside(CONSOLE, r)]
        assert wanted in words


@pytest.mark.parametrize("theme", theme_names())
def test_alarms_flash_slowly_enough_and_not_at_all_when_told(theme: str, make_stage: MakeStage, steady: Snapshot) -> None:
    """Dark and light halves change at most 2.8 times a second, acknowledged alarms stand, and the setting stops it."""
    colours = load_theme(theme)
    halves = [any_dark(alarms(), k / 1000, colours) for k in range(10_000)]
    flashes = sum(a and not b for a, b in pairwise(halves))
    assert 0 < flashes / 10 <= FLASH_MAX_HZ
    assert not any(any_dark(alarms(acknowledged=True), k / 100, colours) for k in range(300))
    stage = make_stage(theme=theme, flash=False)
    still = []
    for k in range(12):
        stage.now_s = k * 0.11
        still.append(stage.draw(changed(steady, alarms=alarms())))
    assert all(same(still[0], other) for other in still[1:])


def test_nothing_jumps_when_an_alarm_comes(stage: Stage, steady: Snapshot) -> None:
    """With alarms only the alarm bar looks different."""
    quiet, loud = stage.draw(steady), stage.draw(changed(steady, alarms=alarms()))
    bar = stage.canvas.rect(ALARMS)
    changes = list(differing(quiet, loud))
    assert changes
    assert all(bar.collidepoint(p) for p in changes)


def test_the_highest_active_alarm_is_the_one_in_words(make_stage: MakeStage, steady: Snapshot) -> None:
    """Active goes before latched, high before medium; the other alarms stand as chips with their marks."""
    mixed = (alarms()[2], AlarmView("a", "medium", "P VEN -130 (limit -100)", True, False, 1), alarms()[1])
    words = [t for t, r in labels(make_stage(), changed(steady, alarms=mixed)) if inside(ALARMS, r)]
    assert words[:2] == ["!!!", "MAP 38 (limit 55)"]
    assert any(t.startswith("!! P VEN") for t in words)


def test_a_standing_drill_is_a_standing_picture(stage: Stage, steady: Snapshot) -> None:
    """The same snapshot twice gives the same picture: while the drill is paused nothing moves."""
    assert same(stage.draw(crisis(steady)), stage.draw(crisis(steady)))


def test_pictures_do_not_depend_on_what_was_drawn_before(make_stage: MakeStage, steady: Snapshot) -> None:
    """A panel that has shown a crisis and comes back to a state shows it as a new panel does."""
    old, new = make_stage(fresh=True), make_stage(fresh=True)
    lines = {k: replace(v, flow_ml_s=0.0) for k, v in steady.scene.lines.items()}
    still = changed(steady, scene={"lines": lines, "pump": PumpView(0, "console", 0)})
    for snapshot in (crisis(still), dark_console(still), cranking(still)):
        old.draw(snapshot)
    box = old.canvas.rect(CIRCUIT)
    assert same(old.draw(still), new.draw(still), box)
    assert same(old.surface, new.surface, old.canvas.rect(CONSOLE))
    assert same(old.surface, new.surface, old.canvas.rect((0, TEAM[1], 1280, TEAM[3])))


def test_the_ecg_has_its_r_wave_where_the_wave_says() -> None:
    """The highest point of the drawn complex is the R wave near phase 0.12, and the baseline between beats is flat."""
    heights = [ecg_height(k / 1000) for k in range(1000)]
    assert heights.index(max(heights)) == pytest.approx(120, abs=3)
    assert all(abs(ecg_height(k / 100)) < 0.02 for k in range(55, 90))


def test_fibrillation_has_no_complexes_standstill_none_at_all_and_a_dead_monitor_no_trace(stage: Stage, steady: Snapshot) -> None:
    """Coarse waves of 3 to 7 Hz that never reach an R wave's height; a flat line; an empty strip."""
    stage.draw(steady)
    monitor = stage.panel.monitor

    def ecg(**wave: object) -> list[float | None]:
        one = [replace(steady.wave, ecg_phase=0.03 * k % 1.0) for k in range(500)]
        return [h for k, w in enumerate(one) for h in monitor._ecg(2000 + k, replace(w, **wave))]  # type: ignore[arg-type]

    beating, shaking = (np.array(ecg(rhythm=word), dtype=float)[ECG_STEPS:] for word in ("beating", "fibrillation"))
    crossings = np.count_nonzero(np.diff(np.sign(shaking - shaking.mean()))) / 2 / (len(shaking) / ECG_STEPS * TICK_S)

    assert beating.max() > 0.85
    assert np.median(beating) == pytest.approx(ISOELECTRIC, abs=0.02)
    assert 3.0 < crossings < 7.0
    assert 0.3 < np.ptp(shaking) < 0.8
    assert abs(np.median(shaking) - shaking.mean()) < 0.05
    assert set(ecg(rhythm="standstill")) == {ISOELECTRIC}
    assert set(ecg(ecg_phase=None)) == {None}


def test_a_shut_electronic_clamp_is_seen_on_the_line(stage: Stage, steady: Snapshot) -> None:
    """It says so at the flow probe, where it sits, and a bar lies across the line."""
    words = [text for text, _ in stage.labels(changed(steady, controls={"clamp_electronic": 1.0}))]

    assert "E-clamp shut" in words
    assert "E-clamp shut" not in [text for text, _ in stage.labels(steady)]


def test_traces_are_taken_from_every_tick_once(stage: Stage, loaded: Loaded) -> None:
    """Ticks that are fed but not drawn are on the strip; a tick fed twice counts once."""
    snapshot = steady_snapshot(loaded)
    stage.draw(snapshot)
    strip = stage.panel.monitor.strips["art"]
    start = strip._x
    for k in range(1, 6):
        for _ in range(2):
            stage.panel.feed(stage.canvas, replace(snapshot, tick=snapshot.tick + k))
    assert strip._x - start == pytest.approx(5 * strip.rect.width * 0.02 / 6.0)


def test_a_lost_signal_leaves_the_strip_empty(stage: Stage, steady: Snapshot) -> None:
    """While pleth is None its strip holds nothing but background."""
    for k in range(400):
        stage.panel.feed(stage.canvas, replace(steady, tick=k, wave=replace(steady.wave, pleth=None, art_mmhg=60 + 10 * (k % 3))))
    background = stage.canvas.theme["well"]
    strips = stage.panel.monitor.strips
    assert pygame.transform.average_color(strips["spo2"].surface)[:3] == background
    assert pygame.transform.average_color(strips["art"].surface)[:3] != background


def test_another_window_size_keeps_what_was_open(loaded: Loaded, steady: Snapshot) -> None:
    """A resized window shows the same group and picture at its own scale, with bars where the shape differs."""
    stage = Stage(loaded, SIZES[0])
    stage.panel.saydo.group = "look"
    stage.draw(steady)
    wide = Stage(loaded, (1600, 720))
    wide.panel = stage.panel
    wide.draw(steady)
    assert stage.panel.saydo.group == "look"
    assert wide.canvas.origin == (160, 0)
    assert wide.surface.get_at((20, 300))[:3] == wide.canvas.theme["background"]
