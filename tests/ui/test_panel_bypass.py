"""The panel of the heart-lung machine and of the other stock circuits: everything they have can be seen and reached."""

from dataclasses import replace
from pathlib import Path

import pygame
import pytest

from drill.circuit.controls import CONTROLS
from drill.circuit.scene import PumpView
from drill.engine.actions import Action
from drill.engine.snapshot import Snapshot
from drill.scenarios.entries import load_machine
from drill.scenarios.load import Loaded, load_scenario
from drill.ui.drawing import read_drawing
from drill.ui.keys import BINDINGS
from drill.ui.panel import CIRCUIT

from .conftest import ELSEWHERE, SIZES, Stage, changed, steady_snapshot

CPB = ("cpb_adult", "cpb_centrifugal_adult", "cpb_pronto_adult")
CIRCUITS = ("va_ecmo_adult", "va_ecmo_bridge", "va_ecmo_clamp", "va_ecmo_shunt", "vv_ecmo_adult", "vv_ecmo_shunt", *CPB)

HEADS = {"suction_rpm": 10.0, "vent_rpm": 15.0, "spare_rpm": 20.0, "cardioplegia_rpm": 25.0}


@pytest.fixture(scope="module")
def bypass(root: Path) -> Loaded:
    """Free play of the heart-lung machine."""
    return load_scenario("base/free_play_cpb", roots=[root / "scenario_packs"])


@pytest.fixture
def at_work(bypass: Loaded) -> Snapshot:
    """A steady run of it with 1500 mL in the reservoir."""
    return changed(steady_snapshot(bypass), shown={"reservoir_ml": 1500.0}, controls={"pump_rpm_set": 100.0})


@pytest.mark.parametrize("circuit", CIRCUITS)
def test_each_drawing_draws_parts_and_controls_that_exist(root: Path, circuit: str) -> None:
    """What a stock drawing names is in its circuit: each tube, head and vessel a part, each clamp on a part that carries it."""
    spec, _ = load_machine(f"base/{circuit}", "base/cabg_on_bypass", roots=[root / "scenario_packs"])
    drawing = read_drawing(spec.drawing)
    parts = {p.id: p for p in spec.parts}
    drawn = {t.part for t in drawing.tubes} | {h.part for h in drawing.heads} | {drawing.pump.part, drawing.oxygenator.part}

    assert drawn <= set(parts)
    assert all(place.tap in {tap for part in spec.parts for tap in part.taps} for place in drawing.laid)
    for clamp in drawing.clamps:
        assert clamp.control in parts[clamp.tube].clamps
    for head in drawing.heads:
        assert parts[head.part].drive == head.control


def test_a_centrifugal_head_is_drawn_where_the_roller_was(bypass: Loaded, at_work: Snapshot, root: Path) -> None:
    """The variant's panel has a rotor with vanes in place of the two rollers."""
    spec, _ = load_machine("base/cpb_centrifugal_adult", "base/cabg_on_bypass", roots=[root / "scenario_packs"])
    roller, other = Stage(bypass, SIZES[0]), Stage(replace(bypass, circuit=spec), SIZES[0])
    box = roller.canvas.rect(roller.panel.schematic.scenery.b((340, 348, 60, 60)))
    first, second = roller.draw(at_work), other.draw(at_work)

    assert any(first.get_at((box.centerx, y)) != second.get_at((box.centerx, y)) for y in range(box.top, box.bottom))


def test_everything_of_the_heart_lung_machine_can_be_reached(bypass: Loaded, at_work: Snapshot) -> None:
    """Heads, vacuum, purge, cardioplegia, PRONTO clamps and the cross-clamp are on some thing's list, none longer than nine."""
    panel = Stage(bypass, SIZES[0]).panel
    spots = panel.spots(at_work)
    for panel.safety.tab in ("limits", "interlocks"):  # the electronic clamp is with the interlock that shuts it
        spots += [s for s in panel.spots(at_work) if s.id.startswith(("lock_", "limit_"))]
    reached = {a.target for s in spots for e in s.entries for a in e.actions if a.verb == "set"}
    reached |= {e.set for t in bypass.tasks.tasks for e in t.effects if e.set}  # what the surgeon does

    assert reached >= ELSEWHERE - {"clamp_bridge", "water_second", "lung_tapped"}
    assert [s.id for s in spots if len(s.entries) > 9 and not s.id.startswith("group")] == []


@pytest.mark.parametrize("size", SIZES)
def test_the_level_is_seen(bypass: Loaded, at_work: Snapshot, size: tuple[int, int]) -> None:
    """A lower level changes the picture inside the reservoir's box and says another number."""
    stage = Stage(bypass, size)
    full, low = stage.draw(at_work), stage.draw(changed(at_work, shown={"reservoir_ml": 300.0}))
    place = stage.panel.drawing.reservoir
    assert place is not None
    box = stage.canvas.rect(stage.panel.schematic.scenery.b(place.box))

    assert any(full.get_at((box.centerx, y)) != low.get_at((box.centerx, y)) for y in range(box.top + 40, box.bottom - 14))


def blackout(steady: Snapshot) -> Snapshot:
    """The whole machine has lost its power; heads and knobs stand as they were set."""
    return changed(
        steady,
        shown={"reservoir_ml": None, "flow_l_min": None, "pump_rpm": None},
        scene={"console_lit": False, "pump": PumpView(0.0, "console", 0.0)},
        controls={**HEADS, "mains_power": 0.0},
    )


def head_pixels(stage: Stage, snapshot: Snapshot) -> dict[str, bytes]:
    """Draw with blood that stands, and return what is seen of each head."""
    snapshot = changed(snapshot, scene={"lines": {part: replace(view, flow_ml_s=0.0) for part, view in snapshot.scene.lines.items()}})
    picture, scenery = stage.draw(snapshot), stage.panel.schematic.scenery
    seen = {}
    for head in stage.panel.drawing.heads:
        (x, y), r = scenery.p(head.at), head.radius / 2
        seen[head.control] = pygame.image.tobytes(picture.subsurface(stage.canvas.rect((x - r, y - r, 2 * r, 2 * r))), "RGB")
    return seen


def test_a_head_without_power_shows_nothing_and_stands(bypass: Loaded, at_work: Snapshot) -> None:
    """In the dark no head and no level says a number, nor a lost signal, and no rotor turns; with power each says how it is set."""
    stage = Stage(bypass, SIZES[0])
    lit = changed(at_work, controls=HEADS)
    assert {"set 10", "set 15", "set 20", "set 25"} <= {text for text, _ in stage.labels(lit)}
    still, moved = head_pixels(stage, lit), head_pixels(stage, replace(lit, time_s=lit.time_s + 0.4))
    assert all(still[control] != moved[control] for control in HEADS)

    dark = blackout(at_work)
    inside = [text for text, box in stage.labels(dark) if box.colliderect(pygame.FRect(CIRCUIT))]
    assert [text for text in inside if text.startswith("set ") or "rpm" in text or text.endswith(" mL") or text == "– –"] == []
    assert head_pixels(stage, dark) == head_pixels(stage, replace(dark, time_s=dark.time_s + 0.4))


def test_heads_stand_while_the_machine_starts(bypass: Loaded, at_work: Snapshot) -> None:
    """With the power back the heads show how they are set, and turn when the machine is up; a backup console's start is its own."""
    stage = Stage(bypass, SIZES[0])
    for on, turns in (("console", False), ("backup_console", True)):
        starts = changed(at_work, controls=HEADS, scene={"console_booting_s": 5.0, "pump": PumpView(0.0, on, 0.0)})
        assert "set 10" in {text for text, _ in stage.labels(starts)}
        assert (head_pixels(stage, starts) != head_pixels(stage, replace(starts, time_s=starts.time_s + 0.4))) == turns


def test_a_backup_console_does_not_light_the_machines_heads(bypass: Loaded, at_work: Snapshot) -> None:
    """Where the console in use is lit and the machine is switched off, its heads are dark."""
    stage = Stage(bypass, SIZES[0])
    off = changed(at_work, controls={**HEADS, "isolation_switch": 0.0}, scene={"pump": PumpView(3000.0, "backup_console", 0.0)})
    assert "set 10" not in {text for text, _ in stage.labels(off)}


def test_a_speed_that_is_set_does_not_look_like_a_reading(bypass: Loaded, at_work: Snapshot) -> None:
    """The line under a head's name has the colour of the settings, and no white of a reading in it."""
    stage = Stage(bypass, SIZES[0])
    placed = stage.labels(changed(at_work, controls=HEADS))
    left, top, wide, tall = next(rect for text, rect in placed if text == "set 20")
    box = stage.canvas.rect((left, top, wide, tall))
    seen = {tuple(stage.surface.get_at((x, y)))[:3] for x in range(box.left, box.right) for y in range(box.top, box.bottom + 4)}
    assert stage.canvas.theme["accent"] in seen
    assert stage.canvas.theme["text"] not in seen


@pytest.mark.parametrize("size", SIZES)
@pytest.mark.parametrize("circuit", CIRCUITS)
def test_words_at_taps_and_heads_lie_on_nothing(root: Path, bypass: Loaded, loaded: Loaded, circuit: str, size: tuple[int, int]) -> None:
    """With every tap open and every head set, what is said of them, of the depth and of a parked drive meets no tube, device or word."""
    spec, _ = load_machine(f"base/{circuit}", "base/cabg_on_bypass", roots=[root / "scenario_packs"])
    case = replace(bypass if circuit in CPB else loaded, circuit=spec)
    stage = Stage(case, size)
    drawing, scenery = stage.panel.drawing, stage.panel.schematic.scenery
    controls = {tap.control: 1.0 for tap in drawing.taps} | {head.control: 150.0 for head in drawing.heads}
    parked = changed(steady_snapshot(case), controls=controls, scene={"pump": PumpView(0.0, "moving", 0.0), "backup_console_here": True})
    bare = {text for text, _ in stage.labels(changed(parked, controls=dict.fromkeys((t.control for t in drawing.taps), 0.0)))}
    placed = stage.labels(parked)
    named = {"Arterial drive", *(head.title for head in drawing.heads), *(() if drawing.depth_at else ("80 cm below heart",))}
    own = [(t, r) for t, r in placed if t not in bare or t in named or t == "set 150"]
    assert len(own) >= len(drawing.taps) + 2 * len(drawing.heads)
    boxes = [pygame.FRect(scenery.b(lung.box)) for lung in drawing.lungs]
    for head in drawing.heads:
        (x, y), r = scenery.p(head.at), head.radius * 0.7
        boxes.append(pygame.FRect(x - r, y - r, 2 * r, 2 * r))
    points = {t.part: [scenery.paths[t.part].at(k)[:2] for k in range(int(scenery.paths[t.part].length))] for t in drawing.tubes}
    for text, rect in own:
        assert pygame.FRect(CIRCUIT).contains(rect), f"'{text}' leaves the pane"
        assert rect.collidelist(boxes) < 0, f"'{text}' lies on a device"
        for other, box in placed:
            assert box is rect or not rect.colliderect(box), f"'{text}' lies on '{other}'"
        for tube in drawing.tubes:
            near = rect.inflate(tube.width, tube.width)
            assert not any(near.collidepoint(point) for point in points[tube.part]), f"'{text}' lies on {tube.part}"


def test_a_boot_in_the_spare_head_leaves_the_arterial_roller_standing(bypass: Loaded, at_work: Snapshot) -> None:
    """The seat names the boot and where it lies; the rollers that have none do not turn, and an open recirculation line is named."""
    stage = Stage(bypass, SIZES[0])
    eye, radius = stage.panel.drawing.pump.at, stage.panel.drawing.pump.radius
    box = stage.canvas.rect(stage.panel.schematic.scenery.b((eye[0] - radius / 3, eye[1] - radius / 3, radius / 1.5, radius / 1.5)))
    for on, words in (("console", "Head · console"), ("spare_head", "Boot · spare head")):
        here = changed(at_work, scene={"pump": PumpView(100.0, on, 0.0)}, controls={"clamp_recirculation": 0.0})
        texts = {text for text, _ in stage.labels(here)}
        assert {words, "recirc. on"} <= texts
        first, second = stage.draw(here), stage.draw(replace(here, time_s=here.time_s + 0.1))
        places = [(x, y) for x in range(box.left, box.right, 2) for y in range(box.top, box.bottom, 2)]
        still = all(first.get_at(place) == second.get_at(place) for place in places)
        assert still == (on == "spare_head")


@pytest.mark.parametrize(("tap", "words"), [
    ("line_in_svc", "Line in the SVC"), ("line_over_field", "Line over the field"), ("aortic_vent", "Aorta vented"),
])  # fmt: skip
def test_what_the_surgeon_lays_another_way_is_seen(bypass: Loaded, at_work: Snapshot, tap: str, words: str) -> None:
    """While the surgeon has it so there is a tube with blood where it lies, and words that say so; else neither."""
    stage = Stage(bypass, SIZES[0])
    place = next(one for one in stage.panel.drawing.laid if one.tap == tap)
    x, y = stage.panel.schematic.scenery.p(place.path[-1])
    at, now = stage.canvas.at((x, y)), changed(at_work, controls={tap: 1.0})
    without, there = tuple(stage.draw(at_work).get_at(at))[:3], tuple(stage.draw(now).get_at(at))[:3]
    labels = stage.labels(now)
    mine = next(box for text, box in labels if text == words)

    assert without != there
    assert there[0] > 150
    assert words not in [text for text, _ in stage.labels(at_work)]
    assert [text for text, box in labels if text != words and mine.colliderect(box)] == []


def test_the_console_of_vv_names_no_mixed_venous_blood(root: Path, steady: Snapshot, loaded: Loaded) -> None:
    """What flows in a VV drainage line is not mixed venous blood: the console calls it pre-oxygenator saturation, VA's says SvO2."""
    vv = load_scenario("base/free_play_vv", roots=[root / "scenario_packs"])
    words = {name: [text for text, _ in Stage(case, SIZES[0]).labels(steady)] for name, case in (("vv", vv), ("va", loaded))}

    assert words["vv"].count("Pre-ox sat") == 2
    assert "SvO₂" not in words["vv"]
    assert words["va"].count("SvO₂") == 2


def test_a_rollers_knob_is_finer(bypass: Loaded, at_work: Snapshot) -> None:
    """One key turns a roller by 5 rpm and a big step by 25, not by hundreds."""
    stage = Stage(bypass, SIZES[0])
    steps = {b.step: b.scancode for b in BINDINGS if b.spot == "pump_rpm_set"}

    assert stage.key(steps[100], at_work) == [Action(verb="set", target="pump_rpm_set", value=105.0)]
    assert stage.key(steps[-500], at_work) == [Action(verb="set", target="pump_rpm_set", value=75.0)]
    assert CONTROLS["pump_rpm_set"].high == 5000
