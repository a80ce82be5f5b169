from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest

from drill.engine.actions import Action
from drill.engine.frame import TRUE, FrameBuilder, frames
from drill.engine.replay import fork, verify
from drill.engine.runfile import decode, encode
from drill.engine.runlog import Run, digest
from drill.engine.scoring import score
from drill.engine.session import Session
from drill.errors import SessionError
from drill.records.kernels import load_kernel
from drill.robots.make import make_robot, play
from drill.scenarios.load import Loaded

ACTIONS = (
    (120, Action(verb="set", target="clamp_return", value=1.0)),
    (150, Action(verb="say", target="say_no_flow")),
    (160, Action(verb="look", target="console")),
    (161, Action(verb="do", target="crank_emergency_drive")),
    (300, Action(verb="set", target="fdo2_pct", value=80.0)),
)


@pytest.fixture(scope="module")
def quick(shipped: Loaded) -> Loaded:
    """The shipped scenario: two seconds of settling, flow lost after one, over after ten."""
    scenario = shipped.scenario
    onset = scenario.vary["onset_s"].model_copy(update={"low": 1.0, "high": 1.0})
    changes = {
        "start": scenario.start.model_copy(update={"settle_s": 2.0}),
        "vary": {**scenario.vary, "onset_s": onset},
        "time_limit_s": 10.0,
    }
    return replace(shipped, scenario=scenario.model_copy(update=changes))


def played(loaded: Loaded, *, until: int = 10_000, pause: bool = True, **how: Any) -> Session:
    """A session played with a few actions, one of them refused, and a pause."""
    session = Session(loaded, **{"seed": 5, **how})
    now, waiting = 0, list(ACTIONS)
    while not session.ended and now < until:
        while waiting and waiting[0][0] == now:
            session.submit(waiting.pop(0)[1])
        if pause and now == 200:
            session.pause()
            session.resume()
        session.tick()
        now += 1
    return session


@pytest.fixture(scope="module")
def recorded(quick: Loaded) -> Run:
    """A run of that scenario, as it comes back from its file."""
    made = played(quick).run
    return decode(encode(Run(made.header, made.entries, {"digest": digest(made), "score": None, "wall_s": 1.0})))


@pytest.fixture(scope="module")
def advance(quick: Loaded, root: Any) -> Callable[..., Any] | None:
    """The compiled kernel."""
    from drill.circuit.plant import compile_kernel

    kernel = load_kernel(compile_kernel(quick.circuit, quick.patient), root / "out")
    if kernel.advance is None:
        pytest.skip(kernel.note)
    return kernel.advance


def test_a_run_verifies_as_identical(recorded: Run, quick: Loaded) -> None:
    """Simulated again from its causes, every entry of a real run is the same."""
    assert recorded.finished
    assert {entry["k"] for entry in recorded.causes} == {"action", "pause"}

    found = verify(recorded, quick)

    assert found.status == "identical", found.text
    assert f"{len(recorded.entries)} entries" in found.text


@pytest.mark.slow
def test_compiled_and_interpreted_give_the_same_run(recorded: Run, quick: Loaded, advance: Callable[..., Any]) -> None:
    """A run played in plain Python verifies with the compiled kernel, and has the same digest."""
    assert verify(recorded, quick, advance).status == "identical"
    assert digest(played(quick, advance=advance).run) == digest(recorded)


def test_frames_from_the_file_equal_the_live_ones(quick: Loaded) -> None:
    """What the director saw is what a scorer reads from the file."""
    live: list[Any] = []
    session = Session(quick, seed=5)
    while not session.ended:
        session.tick()
        if not live or session.frame.tick != live[-1].tick:
            live.append(session.frame)
    read = list(frames(decode(encode(session.run)).entries))

    assert read[0].tick == 0
    assert read[-len(live) :] == live


@pytest.mark.slow
def test_every_entry_that_was_tampered_with_is_found(recorded: Run, quick: Loaded) -> None:
    """Change any derived entry, and the first difference is named with its tick and both values."""
    kinds = {entry["k"]: i for i, entry in enumerate(recorded.entries) if entry["t"] > 0}
    for kind, field, value in (
        ("frame", "true", [0] * len(TRUE)),
        ("check", "sha", "00" * 32),
        ("control", "value", 0.25),
        ("stage", "to", "secured"),
        ("say", "true", False),
        ("look", "findings", ["clot"]),
        ("end", "outcome", "secured"),
    ):
        i = kinds[kind]
        entries = list(recorded.entries)
        entries[i] = {**entries[i], field: value}

        found = verify(Run(recorded.header, entries), quick)

        assert (found.status, found.tick) == ("different", entries[i]["t"]), kind
        assert f"{entries[i]['t']}" in found.text
        assert field in found.text
        assert found.recorded == entries[i]
        assert found.replayed == recorded.entries[i]


@pytest.mark.slow
def test_a_cause_that_was_removed_or_added_is_found(recorded: Run, quick: Loaded) -> None:
    """A run without one of its actions, or with one more, does not verify."""
    at = next(i for i, e in enumerate(recorded.entries) if e["k"] == "action")
    entries = list(recorded.entries)
    extra = {**entries[at], "t": entries[at]["t"] + 3, "target": "clamp_drainage", "seq": 99}

    assert verify(Run(recorded.header, entries[:at] + entries[at + 1 :]), quick).status == "different"
    later = next(i for i, e in enumerate(entries) if e["t"] > extra["t"])
    assert verify(Run(recorded.header, [*entries[:later], extra, *entries[later:]]), quick).status == "different"


def test_a_cause_that_cannot_be_played_is_a_difference_and_no_crash(recorded: Run, quick: Loaded) -> None:
    """A forged action with a name that does not exist is told in words."""
    entries = [{**e, "target": "warp_drive"} if e["k"] == "action" else e for e in recorded.entries]

    found = verify(Run(recorded.header, entries), quick)

    assert found.status == "different"
    assert "warp_drive" in found.text


@pytest.mark.slow
def test_an_entry_too_few_or_too_many_is_found(recorded: Run, quick: Loaded) -> None:
    """A finished run holds exactly what the replay gives."""
    log = list(recorded.entries)
    fewer = [*log[:-2], log[-1]]

    assert verify(Run(recorded.header, fewer), quick).status == "different"
    assert verify(Run(recorded.header, [*log[:-1], {"t": log[-1]["t"], "k": "note", "text": "x"}, log[-1]]), quick).status == "different"


@pytest.mark.slow
def test_an_unfinished_run_verifies_as_far_as_it_goes(recorded: Run, quick: Loaded) -> None:
    """A crashed run is compared up to its last entry, and the answer says that it is unfinished."""
    data = encode(recorded)
    lines = data.splitlines(keepends=True)
    for keep in (len(lines) // 3, len(lines) // 2, len(lines) - 1):
        found = verify(decode(b"".join(lines[:keep]) + b'{"e":{"k'), quick)
        assert found.status == "identical", found.text
        assert "unfinished" in found.text


def test_another_pack_or_engine_is_not_comparable(recorded: Run, quick: Loaded) -> None:
    """Where the causes no longer mean the same, nothing is claimed."""
    assert verify(recorded, replace(quick, digest="f" * 64)).status == "not_comparable"
    assert "engine 0" in verify(Run({**recorded.header, "engine": "0"}, recorded.entries), quick).text
    assert verify(Run(recorded.header, []), quick).status == "not_comparable"


@pytest.mark.slow
@pytest.mark.parametrize("tick", [0, 137, 200, 300])
def test_a_fork_stands_where_its_parent_stood(recorded: Run, quick: Loaded, tick: int) -> None:
    """Up to its tick a fork's record is its parent's; from there it goes its own way and names its parent."""
    session = fork(recorded, tick, quick)
    shared = [e for e in recorded.entries if e["t"] <= tick]

    assert list(session.run.entries) == shared
    assert session.run.header["parent"] == {"digest": digest(recorded), "tick": tick}

    session.submit(Action(verb="set", target="vent_fio2_pct", value=100.0))
    while not session.ended:
        session.tick()
    assert digest(session.run) != digest(recorded)
    assert verify(session.run, quick).status == "identical"


def test_a_fork_of_a_tick_that_does_not_exist_is_refused(recorded: Run, quick: Loaded) -> None:
    """The ticks that exist are named."""
    with pytest.raises(SessionError, match="there is no tick"):
        fork(recorded, recorded.last_tick + 1, quick)


def test_the_builder_is_fed_the_same_entries_live_and_later(recorded: Run) -> None:
    """One frame for each frame entry, in order."""
    builder = FrameBuilder()
    made = [f.tick for f in map(builder.feed, recorded.entries) if f is not None]

    assert made == [e["t"] for e in recorded.entries if e["k"] == "frame"]


@pytest.mark.slow
@pytest.mark.parametrize("robot", ["random", "reflex", "masher", "expert"])
def test_what_a_robot_plays_verifies_interpreted_and_compiled(quick: Loaded, advance: Callable[..., Any], robot: str) -> None:
    """A robot's drill, played compiled and read back from its file, is the same run in plain Python."""
    longer = replace(quick, scenario=quick.scenario.model_copy(update={"time_limit_s": 40.0}))
    session = Session(longer, seed=11, advance=advance)
    play(session, make_robot(robot, quick.plays, 11))
    read = decode(encode(session.run))

    assert [entry for entry in read.entries if entry["k"] == "action"]
    assert verify(read, longer, advance).status == "identical"
    assert verify(read, longer).status == "identical"
    assert digest(read) == digest(session.run)


@pytest.mark.soak
@pytest.mark.parametrize("seed", range(20))
@pytest.mark.parametrize("robot", ["random", "expert"])
def test_whole_drills_verify_for_every_seed(shipped: Loaded, advance: Callable[..., Any], robot: str, seed: int) -> None:
    """The shipped scenario as it is, played to its end: compiled, from the file, interpreted."""
    session = Session(shipped, seed=seed, advance=advance)
    play(session, make_robot(robot, shipped.plays, seed))

    assert verify(decode(encode(session.run)), shipped).status == "identical"


@pytest.mark.parametrize(
    ("change", "says"),
    [
        ({"digest": "0" * 64}, "the footer is of another run: its digest is 000000000000"),
        ({"passed": True}, "passed: recorded true, by the log false"),
        ({"score_pct": 100.0}, "score: recorded 100.0, by the log"),
        ({"ledger": {}}, "ledger: recorded {}"),
    ],
    ids=["digest", "passed", "score", "ledger"],
)
def test_a_footer_that_says_more_than_its_log_is_caught(recorded: Run, quick: Loaded, change: dict[str, Any], says: str) -> None:
    """A score or digest that was written by hand into a footer whose chain fits again is named, and what the log gives instead."""
    rubric = quick.scenario.rubric
    assert rubric is not None
    sheet = score(rubric, recorded).to_json()
    named = {"score" if name == "score_pct" else name: value for name, value in change.items() if name != "digest"}
    footer = {"digest": change.get("digest", digest(recorded)), "score": {**sheet, **named}, "wall_s": 1.0}
    honest = decode(encode(Run(recorded.header, recorded.entries, footer | {"digest": digest(recorded), "score": sheet})))
    assert verify(honest, quick).status == "identical"
    forged = decode(encode(Run(recorded.header, recorded.entries, footer)))

    found = verify(forged, quick)

    assert not forged.problems
    assert (found.status, found.tick) == ("different", recorded.last_tick)
    assert says in found.text


def test_a_run_that_is_called_an_exam_afterwards_is_caught(recorded: Run, quick: Loaded) -> None:
    """Practice that is relabelled as an exam differs: in what an exam refuses, or in the digest."""
    forged = decode(encode(Run({**recorded.header, "mode": "exam"}, recorded.entries, recorded.footer)))

    assert verify(forged, quick).status == "different"
