import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from drill.circuit.readings import READINGS, SHOWN
from drill.engine.entries import KINDS
from drill.engine.entryshape import SHAPES, wrong_shape
from drill.engine.frame import TRUE, FrameBuilder, frame_entry, frames, quantise
from drill.engine.runfile import decode, encode
from drill.errors import ValueRangeError
from tests.engine.synthetic import action, frame, run, small_run, start

WIDTH = (len(TRUE), len(SHOWN))


@given(name=st.sampled_from(TRUE), value=st.floats(-1e5, 1e5))
def test_a_reading_keeps_its_resolution(name: str, value: float) -> None:
    """A frame's value is within half a step of the reading, and reads as the decimal that a display would show."""
    steps = quantise(name, value)
    made = FrameBuilder().feed(frame_entry(5, np.array([value if n == name else 0.0 for n in TRUE] + [0.0] * len(SHOWN)), SHOWN))

    assert made is not None
    assert abs(made.true[name] - value) <= READINGS[name].resolution / 2 * (1 + 1e-9)
    assert made.true[name] == float(f"{steps * READINGS[name].resolution:.3f}")


@pytest.mark.parametrize("value", [math.nan, math.inf, -math.inf])
def test_a_reading_that_is_not_finite_is_refused_by_name(value: float) -> None:
    """The model must stay finite; a log never holds what is not."""
    with pytest.raises(ValueRangeError, match="map_mmhg"):
        frame_entry(5, np.array([value if n == "map_mmhg" else 0.0 for n in TRUE] + [0.0] * len(SHOWN)), SHOWN)


def test_frames_from_a_file_equal_those_made_live() -> None:
    """What was decided live and what is scored later rest on equal frames."""
    live = small_run()
    builder = FrameBuilder()
    made = [f for f in map(builder.feed, live.entries) if f is not None]

    assert len(made) == 5
    assert list(frames(decode(encode(live)).entries)) == made


def test_a_frame_holds_what_happened_before_it() -> None:
    """Jobs, looks, call-outs, drive, alarms and controls stand in the frame that follows them."""
    last = list(frames(small_run().entries))[-1]

    assert last.drive == "emergency_drive"
    assert last.found["line"].seen == ("clear",)
    assert last.found["line"].tick == 18
    assert last.said == {"say_no_flow": 15}
    assert last.alarms == {"low_flow"}
    assert last.controls["clamp_return"] == 1.0
    assert last.done == {"transfer_to_emergency_drive": 19}
    assert not last.running
    assert last.did == ()


def test_a_refused_action_has_not_been_done() -> None:
    """Only actions that took effect are in the frame after them."""
    third = list(frames(small_run().entries))[3]

    assert [did.target for did in third.did] == ["clamp_return", "line"]


def test_a_frame_never_changes_later() -> None:
    """A frame that was handed out stays as it was, whatever the builder reads afterwards."""
    builder = FrameBuilder()
    for entry in start():
        builder.feed(entry)
    first = builder.last
    builder.feed({"t": 3, "k": "control", "name": "clamp_return", "value": 1.0})
    builder.feed(action(3, 0, "set", "clamp_return", 1.0))
    builder.feed(frame(5))

    assert first is not None
    assert first.controls["clamp_return"] == 0.0
    assert first.did == ()


def test_every_kind_of_entry_has_a_shape_and_every_written_entry_fits_it() -> None:
    """The shapes know exactly the kinds that `entries.py` names."""
    assert set(SHAPES) == set(KINDS)
    assert [wrong_shape(entry, WIDTH) for entry in small_run().entries] == [""] * len(small_run().entries)
    assert {entry["k"] for entry in small_run().entries} == set(KINDS)


@pytest.mark.parametrize("kind", KINDS)
def test_an_entry_of_a_wrong_shape_is_named(kind: str) -> None:
    """A missing or wrong field is said by name; no tick and an unknown kind too."""
    entry = next(e for e in run(*small_run().entries).entries if e["k"] == kind)

    assert "no tick" in wrong_shape({**entry, "t": True}, WIDTH)
    assert "unknown kind" in wrong_shape({**entry, "k": kind + "x"}, WIDTH)
    for name in ("true", "shown") if kind == "frame" else SHAPES[kind]:
        assert f"'{name}'" in wrong_shape({key: value for key, value in entry.items() if key != name}, WIDTH)
