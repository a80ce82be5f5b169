"""The canvas and the paths: logical coordinates, kept pictures, tubes' geometry, a drawing that is checked."""

from dataclasses import replace
from math import hypot, pi

import pygame
import pytest
from hypothesis import given
from hypothesis import strategies as st

from drill.errors import CircuitError
from drill.scenarios.load import Loaded
from drill.ui.canvas import HEIGHT, WIDTH, Canvas, Size
from drill.ui.drawing import read_drawing
from drill.ui.paths import Path
from drill.ui.popover import place
from drill.ui.theme import load_theme

THEME = load_theme()


@given(st.integers(200, 4000), st.integers(150, 3000), st.floats(0, WIDTH), st.floats(0, HEIGHT))
def test_a_point_comes_back_from_the_window_to_within_a_pixel(width: int, height: int, x: float, y: float) -> None:
    """Whatever the window's size and shape, the logical point under a pixel is the one that was put there."""
    canvas = Canvas(THEME, (width, height))
    back = canvas.logical(canvas.at((x, y)))
    assert hypot(back[0] - x, back[1] - y) <= 1.0 / canvas.scale
    left, top = canvas.at((0, 0))
    right, bottom = canvas.at((WIDTH, HEIGHT))
    assert 0 <= left <= right <= width + 1
    assert 0 <= top <= bottom <= height + 1


@pytest.mark.parametrize("size", ["label", "text", "reading", "number", "big"])
def test_digits_have_one_width_so_that_numbers_do_not_wobble(size: Size) -> None:
    """Every digit moves the next one by the same way, at each size and weight."""
    canvas = Canvas(THEME, (1920, 1080))
    for bold in (False, True):
        assert len({metrics[4] for metrics in canvas.font(size, bold=bold).metrics("0123456789") if metrics}) == 1


@given(st.text("abcdefg hijk", min_size=1, max_size=60), st.floats(30, 300))
def test_a_fitted_text_fits(text: str, room: float) -> None:
    """A text is cut with an ellipsis only where it must be, and then it fits."""
    canvas = Canvas(THEME, (1280, 720))
    cut = canvas.fitted(text, "text", room)
    assert canvas.width(cut, "text") <= room
    assert cut == text or cut.endswith("…")


def test_what_is_kept_is_drawn_again_only_when_it_changed() -> None:
    """The same state draws nothing; another one clears the place and draws."""
    canvas = Canvas(THEME, (320, 180))
    drawn = []

    def draw() -> None:
        drawn.append(canvas.surface)

    for state in (1, 1, 2, 2, 1):
        canvas.keep("part", (0, 0, 100, 100), state, draw)
    assert len(drawn) == 3
    assert all(surface is canvas.ground for surface in drawn)
    assert canvas.surface is not canvas.ground


def test_small_and_large_boxes_are_drawn_alike() -> None:
    """A box put together from its corners has the same corner as one that is kept whole."""
    canvas = Canvas(THEME, (1280, 720))
    canvas.surface = pygame.Surface((1280, 720), depth=32)
    canvas.panel((0, 0, 60, 60), THEME["panel"], THEME["accent"], radius=8)
    canvas.panel((100, 0, 600, 300), THEME["panel"], THEME["accent"], radius=8)
    for x in range(12):
        for y in range(12):
            small, large = canvas.surface.get_at((x, y)), canvas.surface.get_at((100 + x, y))
            assert max(abs(a - b) for a, b in zip(small[:3], large[:3], strict=True)) <= 6


def test_a_path_is_walked_by_its_length() -> None:
    """A straight leg is as long as it is; its direction is that of the leg; a place beside it is found again."""
    path = Path([(0, 0), (100, 0), (100, 50)], 0)
    assert path.length == pytest.approx(150)
    assert path.at(40) == pytest.approx((40, 0, 0))
    assert path.at(120) == pytest.approx((100, 20, pi / 2))
    assert path.at(999)[:2] == pytest.approx((100, 50))
    assert path.nearest((97, 30)) == pytest.approx(130)


@given(st.lists(st.tuples(st.floats(0, 700), st.floats(0, 400)), min_size=2, max_size=7, unique=True), st.floats(0, 60))
def test_rounding_a_path_never_makes_it_longer(points: list[tuple[float, float]], corner: float) -> None:
    """Corners are cut, both ends stay, and every place along the path lies between them in order."""
    sharp, path = Path(points, 0), Path(points, corner)
    assert path.length <= sharp.length + 1e-6
    assert path.at(0)[:2] == pytest.approx(points[0])
    assert path.at(path.length)[:2] == pytest.approx(points[-1], abs=1e-6)


@given(st.floats(0, 1200), st.floats(40, 700), st.floats(5, 200), st.floats(5, 200), st.floats(120, 400), st.floats(40, 260))
def test_a_card_is_always_on_the_screen(x: float, y: float, w: float, h: float, wide: float, tall: float) -> None:
    """Wherever the thing lies, its card is on the screen and below the alarm bar."""
    cx, cy, cw, ch = place((x, y, w, h), (wide, tall))
    assert cx >= 0
    assert cy >= 70
    assert cx + cw <= WIDTH
    assert cy + ch <= HEIGHT


# -- the drawing -------------------------------------------------------------------------------------------------------


def test_the_stock_drawing_shows_every_part_sensor_and_clamp(loaded: Loaded) -> None:
    """Every part of the circuit is drawn, every clamp that pinches a part lies on that part, pump and lung hang below the heart."""
    drawing = read_drawing(loaded.circuit.drawing)
    drawn = {t.part for t in drawing.tubes} | {drawing.pump.part, drawing.oxygenator.part}
    taps = {t for p in loaded.circuit.parts for t in p.taps}
    assert drawn == {p.id for p in loaded.circuit.parts if not p.taps}
    by_hand = {t.control for t in drawing.taps} | {c for thing in drawing.things.values() for c in thing.controls}
    by_a_job = {effect.set for task in loaded.tasks.tasks for effect in task.effects}
    assert taps <= by_hand | by_a_job
    on = {c.control: c.tube for c in drawing.clamps}
    for part in loaded.circuit.parts:
        for clamp in part.clamps:
            assert on[clamp] == part.id
    assert drawing.pump.at[1] - drawing.pump.radius > drawing.heart_level_y
    assert drawing.oxygenator.box[1] > drawing.heart_level_y
    site = next(s for s in drawing.sensors if s.reading == "flow_l_min")
    assert site.tube == loaded.circuit.sites["flow"]
    named = {o for t in drawing.things.values() for o in t.options}
    known = {t.id for t in loaded.tasks.tasks} | {k.id for k in loaded.tasks.looks}
    assert named <= known
    assert {k.id for k in loaded.tasks.looks} <= named


def test_tubes_meet_where_the_parts_meet(loaded: Loaded) -> None:
    """A tube ends where the next one begins, or at the device between them: blood never jumps."""
    drawing = read_drawing(loaded.circuit.drawing)
    ends = {t.part: (t.path[0], t.path[-1]) for t in drawing.tubes}
    x, y, w, h = drawing.oxygenator.box
    (px, py), reach = drawing.pump.at, drawing.pump.radius

    def near_device(point: tuple[float, float]) -> bool:
        return hypot(point[0] - px, point[1] - py) <= reach or (x - 1 <= point[0] <= x + w + 1 and y <= point[1] <= y + h)

    for one in loaded.circuit.parts:
        for other in loaded.circuit.parts:
            if one.outlet == other.inlet and one.id in ends and other.id in ends and other.id != "distal_perfusion_line":
                assert ends[one.id][1] == ends[other.id][0], f"{one.id} does not meet {other.id}"
    for name in ("pump_ox_line", "drainage_line", "return_line"):
        assert any(near_device(end) for end in ends[name])


@pytest.mark.parametrize(
    ("path", "value", "words"),
    [
        (("clamps", 0, "control"), "clamp_retrun", ("unknown clamp", "clamp_return")),
        (("clamps", 0, "tube"), "return_lin", ("not among the tubes", "return_line")),
        (("sensors", 0, "reading"), "svo2", ("not a shown reading", "svo2_pct")),
        (("tubes", 0, "width"), -3, ("tubes.0.width", "greater than")),
        (("pump", "color"), "red", ("pump.color", "Extra inputs")),
    ],
)
def test_a_wrong_drawing_says_what_is_wrong_and_where(
    loaded: Loaded, path: tuple[str | int, ...], value: object, words: tuple[str, ...]
) -> None:
    """The message names the place in the drawing and the nearest name."""
    from copy import deepcopy

    raw = deepcopy(dict(loaded.circuit.drawing))
    at = raw
    for key in path[:-1]:
        at = at[key]  # type: ignore[assignment, index]
    at[path[-1]] = value  # type: ignore[index]
    with pytest.raises(CircuitError) as caught:
        read_drawing(replace(loaded.circuit, drawing=raw).drawing)
    for word in ("drawing", *words):
        assert word in str(caught.value)
