"""Reading a run's entries into what is drawn."""

from collections.abc import Mapping, Sequence
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from drill.circuit.readings import READINGS
from drill.engine.entries import Entry
from drill.engine.frame import TRUE
from drill.engine.runlog import READING_TABLE, Run
from drill.reports.plot import Measures, lay_out
from drill.reports.timeline import Timeline, clock, thin
from drill.reports.timeline import read_timeline as read_run


def read_timeline(entries: Sequence[Entry], titles: Mapping[str, str] | None = None) -> Timeline:
    """Read entries as this program's own run."""
    return read_run(Run({"readings": READING_TABLE}, entries), titles)


def frame(tick: int, **true: float) -> Entry:
    """Return a frame entry with the given true readings, the others 0."""
    values = [round(true.get(name, 0.0) / READINGS[name].resolution) for name in TRUE]
    return {"t": tick, "k": "frame", "true": values, "shown": []}


def hand(tick: int, name: str, value: float) -> list[Entry]:
    """Return what the log holds when someone sets a control."""
    return [
        {"t": tick, "k": "action", "seq": 0, "who": "you", "verb": "set", "target": name, "value": value},
        {"t": tick, "k": "control", "name": name, "value": value},
    ]


def test_a_track_keeps_the_run_in_clinical_units() -> None:
    """A frame's integers come back as L/min and mmHg at their time in seconds."""
    timeline = read_timeline([frame(0, flow_l_min=4.0, map_mmhg=70), frame(50, flow_l_min=-1.2, map_mmhg=41)])

    flow, pressure, _ = timeline.tracks

    assert flow.points == ((0.0, 4.0), (1.0, -1.2))
    assert pressure.points == ((0.0, 70.0), (1.0, 41.0))


def test_stages_follow_each_other_without_a_gap() -> None:
    """Each stage lasts until the next begins, the last until the run ends."""
    entries = [
        {"t": 0, "k": "stage", "from": "", "to": "steady"},
        {"t": 100, "k": "stage", "from": "steady", "to": "no_flow"},
        {"t": 500, "k": "end", "outcome": "lost"},
    ]

    bands = read_timeline(entries).bands

    assert [(b.id, b.start_s, b.end_s) for b in bands] == [("steady", 0.0, 2.0), ("no_flow", 2.0, 10.0)]


def test_a_knob_turned_on_and_on_is_one_event() -> None:
    """Turning the speed knob in steps leaves one line, with its first time and its last value."""
    entries = [*hand(50, "pump_rpm_set", 3000), *hand(60, "pump_rpm_set", 3100), *hand(70, "pump_rpm_set", 3200)]

    events = read_timeline(entries).events

    assert [(e.time_s, e.text) for e in events] == [(1.0, "Speed set 3200 rpm")]


def test_a_clamp_closed_and_opened_at_once_stays_two_events() -> None:
    """What happens to a clamp is never folded together."""
    events = read_timeline([*hand(50, "clamp_return", 1.0), *hand(60, "clamp_return", 0.0)]).events

    assert [e.text for e in events] == ["Return clamp closed", "Return clamp open"]


def test_what_a_fault_moves_is_not_counted_as_someones_act() -> None:
    """A switch that a fault turned off has no number in the plot."""
    timeline = read_timeline([{"t": 50, "k": "control", "name": "isolation_switch", "value": 0.0}, *hand(90, "isolation_switch", 1.0)])

    assert [e.kind for e in timeline.events] == ["machine", "act"]
    assert [m.event.time_s for m in lay_out(timeline, Measures()).marks] == [1.8]


def test_an_alarm_that_never_ended_lasts_to_the_end() -> None:
    """An alarm's bar ends where it went off, else with the run."""
    entries = [
        {"t": 50, "k": "alarm", "id": "low_flow", "state": "on", "priority": "high", "text": "LOW FLOW 0.0 (limit 2.0)"},
        {"t": 60, "k": "alarm", "id": "map_low", "state": "on", "priority": "high", "text": "MAP 40 (limit 55)"},
        {"t": 100, "k": "alarm", "id": "map_low", "state": "off", "priority": "high", "text": ""},
        {"t": 500, "k": "end", "outcome": "lost"},
    ]

    spans = {a.id: (a.start_s, a.end_s) for a in read_timeline(entries).alarms}

    assert spans == {"low_flow": (1.0, 10.0), "map_low": (1.2, 2.0)}


def test_titles_stand_for_ids_where_they_are_known() -> None:
    """Tasks and people are named in the pack's words, and by their id where there are none."""
    entries: list[Entry] = [
        {"t": 50, "k": "job", "task": "fio2_100", "who": "nurse", "state": "done"},
        {"t": 60, "k": "job", "task": "volume_250", "who": "nurse", "state": "start"},
    ]

    events = read_timeline(entries, {"fio2_100": "Ventilator FiO2 1.0", "nurse": "Bedside nurse"}).events

    assert [e.text for e in events] == ["Bedside nurse: Ventilator FiO2 1.0: done", "Bedside nurse: volume 250: begun"]


def test_an_empty_run_can_still_be_drawn() -> None:
    """A run that was cut right after its header has a timeline, with nothing on it."""
    plot = lay_out(read_timeline([]), Measures())

    assert plot.height > 0
    assert plot.marks == ()


@given(st.lists(st.floats(-10, 10), min_size=1, max_size=3000), st.integers(4, 900))
def test_thinning_keeps_the_extremes(values: list[float], at_most: int) -> None:
    """However much a curve is thinned, its lowest and highest point stay, in the order of time."""
    points = [(float(i), v) for i, v in enumerate(values)]

    kept = thin(points, at_most)

    assert {min(values), max(values)} <= {v for _, v in kept}
    assert kept == sorted(kept)
    assert len(kept) <= max(at_most, 2) + 2


@given(st.lists(st.tuples(st.integers(1, 30000), st.sampled_from(["clamp_return", "pump_rpm_set", "sweep_l_min"])), max_size=60))
def test_marks_never_touch_and_stay_on_the_axis(acts: list[tuple[int, str]]) -> None:
    """Numbered marks of one row keep their distance, and none leaves the plot."""
    entries = [e for tick, name in sorted(acts) for e in hand(tick, name, 0.5)]
    measures = Measures()
    plot = lay_out(read_timeline([*entries, {"t": 30000, "k": "end", "outcome": "lost"}]), measures)

    rows: dict[float, list[float]] = {}
    for mark in plot.marks:
        rows.setdefault(mark.y, []).append(mark.x)
        assert plot.left <= mark.x <= plot.right
        assert mark.y + measures.mark / 2 <= plot.axis_y
    for row in rows.values():
        assert all(b - a >= measures.mark - 1e-6 for a, b in pairwise(row))


@pytest.mark.parametrize(("time_s", "text"), [(0, "00:00"), (59.99, "00:59"), (60, "01:00"), (605.2, "10:05")])
def test_the_clock_reads_like_the_run_clock(time_s: float, text: str) -> None:
    """Minutes and seconds with two digits, cut and not rounded."""
    assert clock(time_s) == text


def test_curves_stay_inside_their_strips() -> None:
    """A value beyond the usual axis widens it instead of leaving the strip."""
    timeline: Timeline = read_timeline([frame(0, flow_l_min=9.0, map_mmhg=180, sao2_pct=20), frame(50, flow_l_min=-4.0)])

    for track in lay_out(timeline, Measures()).tracks:
        assert all(track.top - 1e-6 <= y <= track.bottom + 1e-6 for _, y in track.line)


def test_a_run_of_another_table_is_read_by_its_own() -> None:
    """Readings in another order and resolution stand where they belong; one that was not there leaves its track empty."""
    readings = {"true": [["map_mmhg", 0.5], ["flow_l_min", 0.1]], "shown": []}
    entries = [{"t": 50, "k": "frame", "true": [141, 42], "shown": []}]
    flow, pressure, saturation = read_run(Run({"readings": readings}, entries)).tracks

    assert (flow.points, pressure.points, saturation.points) == (((1.0, 4.2),), ((1.0, 70.5),), ())
