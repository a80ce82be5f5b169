"""Plays a run again from its causes: to prove that it is what it says, or to go on from one of its moments.

Nothing of the record but its causes is used, so that what comes out either is the same or says where it is not.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from itertools import islice
from typing import Any, Literal

from drill import ENGINE_VERSION
from drill.engine.actions import Action
from drill.engine.entries import CAUSES, Entry, RunSink
from drill.engine.runlog import READING_TABLE, Run, canonical, digest
from drill.engine.scoring import score
from drill.engine.session import AUTHORING, Session
from drill.engine.setup import Loaded, Settled
from drill.errors import DrillError, SessionError
from drill.units import seconds

Advance = Callable[..., Any]
_WIDEST = 160
JUDGED = ("passed", "score", "outcome", "mode", "cause", "seed", "points", "reasons", "ledger")  # of a sheet: what a supervisor signs


@dataclass(frozen=True, slots=True)
class Verification:
    """What a replay showed. `status` is identical, different, or not_comparable (another engine or pack).

    For a difference, `tick` is the first one, `recorded` and `replayed` the two entries (None = there is none); a footer that
    says something else than its log differs at the last one.
    """

    status: Literal["identical", "different", "not_comparable"]
    text: str
    tick: int | None = None
    recorded: Entry | None = None
    replayed: Entry | None = None


def verify(run: Run, loaded: Loaded, advance: Advance | None = None, *, settled: Settled | None = None) -> Verification:
    """Re-simulate a run's causes and compare every entry, bit for bit; then what its footer says of the log.

    `loaded` is the scenario that the run names, with the run's site values. An unfinished run is compared as far as
    it goes. `settled` keeps what was settled for other runs of this very proof, by the same kernel; never what came from elsewhere.
    """
    reason = _not_comparable(run, loaded) or ("" if run.entries else "the run has no entries")
    if reason:
        return Verification("not_comparable", reason)
    old = run.entries[0]
    try:
        session = _session(run, loaded, advance, sink=None, parent=run.header["parent"], mode=run.header["mode"], settled=settled)
        reason = _other_model(run, session)
        if reason:
            return Verification("not_comparable", reason)
        for old, new in _pairs(run, _again(session, run)):
            if new is None or canonical(old) != canonical(new):
                return _difference(old, new)
    except DrillError as error:
        text = f"after {_at(old)} the record cannot be played again: {error}"
        return Verification("different", text, old["t"], old, None)
    lie = _closed_wrongly(run, loaded)
    if lie:
        return Verification("different", lie, run.last_tick, old, old)
    if run.finished:
        return Verification("identical", f"identical: {len(run.entries)} entries, {seconds(run.last_tick):.1f} s")
    whole = f"{len(run.entries)} entries that are there ({seconds(run.last_tick):.1f} s)"
    return Verification("identical", f"not whole: {'; '.join(run.problems)}; the {whole} are identical")


def fork(
    run: Run,
    tick: int,
    loaded: Loaded,
    advance: Advance | None = None,
    sink: RunSink | None = None,
    mode: str | None = None,
    *,
    settled: Settled | None = None,
) -> Session:
    """Return a new session that stands at `tick` of an old run and can go on from there.

    Its own record begins at tick 0 and names its parent; a fork never counts as passed. It is practice unless the run
    was guided, or `mode` says otherwise; an exam has no forks. In mode "authoring" the pack may have changed since: what
    its author did is done again in the new one, as far as that goes before it ends. Raises SessionError for a tick that
    the run does not have, for mode "exam", or where the record cannot be played again.
    """
    if not 0 <= tick <= run.last_tick:
        raise SessionError(f"the run has ticks 0 to {run.last_tick} (0 to {seconds(run.last_tick):.2f} s); there is no tick {tick}")
    mode = mode or fork_mode(run)
    if mode == "exam":
        raise SessionError("an exam begins at its beginning: fork into practice or guided mode")
    changed = mode == AUTHORING
    reason = "" if changed else _not_comparable(run, loaded)
    if reason:
        raise SessionError(reason)
    session = _session(run, loaded, advance, sink=sink, parent={"digest": digest(run), "tick": tick}, mode=mode, settled=settled)
    reason = "" if changed else _other_model(run, session)
    if reason:
        raise SessionError(reason)
    for _ in _play(session, run, tick):
        pass
    session.resume()  # the moment may lie within a pause: whoever takes over goes on
    return session


def again(run: Run, loaded: Loaded, advance: Advance | None = None, settled: Settled | None = None) -> Iterator[tuple[int, Session]]:
    """Yield tick and session that an old run's causes make, at tick 0 and after each tick and pause, up to where the record ends.

    For eyes, not for proof: `settled` may spare the settling, as in a live drill. Raises SessionError at once for a run of another
    engine or another pack; what cannot be played again raises at its tick.
    """
    reason = _not_comparable(run, loaded)
    if reason:
        raise SessionError(reason)

    def steps() -> Iterator[tuple[int, Session]]:
        session = _session(run, loaded, advance, sink=None, parent=run.header["parent"], mode=run.header["mode"], settled=settled)
        reason = _other_model(run, session)
        if reason:
            raise SessionError(reason)
        for now in _play(session, run, run.last_tick):
            yield now, session

    return steps()


def fork_mode(run: Run) -> str:
    """Return the mode in which a run is taken over: practice, or guided if it was."""
    return "guided" if run.header["mode"] == "guided" else "practice"


def _not_comparable(run: Run, loaded: Loaded) -> str:
    header = run.header
    if header["engine"] != ENGINE_VERSION:
        theirs = header["engine"]
        return f"recorded with engine {theirs}, this is engine {ENGINE_VERSION}: only what it stored can be shown"
    if header["readings"] != READING_TABLE:
        return "recorded with other readings than this program has: only what it stored can be shown"
    here = f"{loaded.pack.id}/{loaded.scenario.id}"
    if header["scenario"] != here:
        return f"recorded from '{header['scenario']}', compared with '{here}'"
    if header["pack_digest"] != loaded.digest:
        return f"the pack of '{here}' has changed since the run (digest {loaded.digest[:12]}, recorded {header['pack_digest'][:12]})"
    return ""


def _other_model(run: Run, session: Session) -> str:
    """Return why the physics is not the run's own, "" if it is, or if the run is too old to say."""
    theirs, ours = run.header.get("model") or "", session.run.header["model"]
    if theirs in ("", ours):
        return ""
    return f"the physics has changed since the run (model {ours}, recorded {theirs}): only what it stored can be shown"


def _session(
    run: Run,
    loaded: Loaded,
    advance: Advance | None,
    *,
    sink: RunSink | None,
    parent: dict[str, Any] | None,
    mode: str,
    settled: Settled | None = None,
) -> Session:
    header = run.header
    return Session(
        loaded,
        seed=header["seed"],
        mode=mode,
        cause=header["cause"] or None,
        advance=advance,
        sink=sink,
        parent=parent,
        settled=settled,
    )


def _again(session: Session, run: Run) -> Iterator[Entry]:
    """Yield the entries of the run, simulated again, as they come."""
    sent = 0
    for _ in _play(session, run, run.last_tick):
        fresh = session.run.entries
        yield from islice(fresh, sent, None)
        sent = len(fresh)


def _play(session: Session, run: Run, until: int) -> Iterator[int]:
    """Give the session the run's causes at their ticks; yield the tick after each step, at the end of tick `until` for the last time."""
    now = 0
    # What was refused did nothing; a fork in another mode might not refuse it.
    same = session.run.header["mode"] == run.header["mode"]
    refused = set() if same else {entry["seq"] for entry in run.entries if entry["k"] == "refused"}
    yield now
    for cause in run.entries:
        if cause["k"] not in CAUSES or cause.get("seq") in refused:
            continue
        if cause["t"] > until:
            break
        # An action acts at the start of its tick; a pause comes after its tick.
        before = cause["t"] - 1 if cause["k"] == "action" else cause["t"]
        while now < before:
            session.tick()
            now += 1
            yield now
        if cause["k"] == "action":
            session.submit(Action(verb=cause["verb"], target=cause["target"], value=cause["value"], who=cause["who"]))
        elif cause["on"]:
            session.pause()
        else:
            session.resume()
        yield now
    while now < until and not session.ended:
        session.tick()
        now += 1
        yield now


def _pairs(run: Run, replayed: Iterator[Entry]) -> Iterator[tuple[Entry, Entry | None]]:
    """Put each recorded entry beside the replayed one; for a whole run, also what only the replay has."""
    for old in run.entries:
        yield old, next(replayed, None)
    if run.finished:
        extra = next(replayed, None)
        if extra is not None:
            yield {"t": extra["t"], "k": "nothing"}, extra


def _closed_wrongly(run: Run, loaded: Loaded) -> str:
    """Return where a footer says something else of the run than its log, by the rubric that it was played by; "" if nowhere."""
    footer, rubric = run.footer, loaded.scenario.rubric
    if footer is None:
        return ""
    mine = digest(run)
    if footer["digest"] != mine:
        return f"the footer is of another run: its digest is {footer['digest'][:12]}, that of header and log {mine[:12]}"
    said = footer["score"]
    if rubric is None or said is None:
        return ""
    sheet = score(rubric, run, digested=False).to_json()
    wrong = [name for name in JUDGED if said.get(name) != sheet[name]]
    parts = [f"{name}: recorded {_short(said.get(name))}, by the log {_short(sheet[name])}" for name in wrong]
    return f"the footer's score is not what the log gives: {'; '.join(parts)}" if parts else ""


def _difference(old: Entry, new: Entry | None) -> Verification:
    values = "nothing more" if new is None else _both(old, new)
    return Verification("different", f"differs first at {_at(old)}: {values}", old["t"], old, new)


def _both(old: Entry, new: Entry) -> str:
    if old["k"] != new["k"] or old["t"] != new["t"]:
        return f"recorded {_short(old)}, replayed {_short(new)}"
    parts = [
        f"{key}: recorded {_short(old.get(key))}, replayed {_short(new.get(key))}"
        for key in sorted({*old, *new})
        if old.get(key) != new.get(key)
    ]
    return "; ".join(parts) or f"recorded {_short(old)}, replayed {_short(new)}"


def _at(entry: Entry) -> str:
    return f"tick {entry['t']} ({seconds(entry['t']):.2f} s), {entry['k']}"


def _short(value: object) -> str:
    text = canonical(value).decode()
    return text if len(text) <= _WIDEST else text[:_WIDEST] + "..."
