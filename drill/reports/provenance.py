"""Where a run comes from, in words: who recorded it, whether its file is whole, who signed it, whether it was simulated again."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from drill.engine.runlog import Run
from drill.errors import DrillError
from drill.records.keys import own_public, station_state, trusted_keys
from drill.records.remarks import Remarks, Signature, read_remarks, verified_state
from drill.reports.history import moment

HERE: Final = "the station that wrote this report"
_LONGEST: Final = 300  # of what a file beside the run says; a report is no place for more
_STATIONS: Final = {
    "ok": ("good", "valid", "Nobody without this station's key has changed the file since."),
    "unknown": ("", "valid, station unknown", "Nobody without this key has changed the file since; whose key it is, is not known here."),
    "unsigned": ("warn", "not signed", ""),
    "wrong": ("bad", "WRONG", "The file is not as it was signed: do not rely on it."),
}
_VERIFIED: Final = {
    "identical": ("good", "identical", "Simulated again, and every entry was the same"),
    "different": ("bad", "DIFFERENT", "Simulated again, and it was not the same"),
    "not_comparable": ("warn", "not comparable", "It could not be simulated again"),
}


@dataclass(frozen=True, slots=True)
class ProvenanceRow:
    """One line. `brief` is what the head of a report says of it ("" = nothing); `state`: good, warn, bad, or "" for what is neither."""

    title: str
    brief: str
    text: str
    state: str = ""


def provenance_rows(run_file: Path, run: Run, signatures: Sequence[Signature] = (), home: Path | None = None) -> tuple[ProvenanceRow, ...]:
    """Say of a run that was opened from `run_file` what can be known of it; `signatures` are the supervisors'."""
    return (
        _recorded(run.header),
        _file(run),
        _station(run, home),
        _supervisors(signatures),
        _simulated_again(run_file, run),
    )


def _recorded(header: Mapping[str, Any]) -> ProvenanceRow:
    about = header.get("about")
    about = about if isinstance(about, dict) else {}
    when, where, drill = (str(about.get(key) or "")[:_LONGEST] for key in ("started_utc", "station", "drill"))
    parts = [
        f"{moment(when)} UTC" if when else "it does not say when",
        f"on the computer '{where}'" if where else "it does not say where",
        *([f"Drill {drill}"] if drill else []),
        f"engine {header['engine']}",
    ]
    return ProvenanceRow("Recorded", "", ", ".join(parts))


def _file(run: Run) -> ProvenanceRow:
    if not run.problems:
        return ProvenanceRow("Run file", "", f"whole: {len(run.entries) + 2} lines, each hangs on the one before", "good")
    words = "damaged" if run.damage else "unfinished"
    return ProvenanceRow("Run file", words, "; ".join(run.problems), "bad" if run.damage else "warn")


def _station(run: Run, home: Path | None) -> ProvenanceRow:
    try:
        trusted = trusted_keys(home)
    except DrillError:  # a report is written whatever the list says; `drill verify` names its fault
        trusted = {}
    own = own_public(home)
    known = trusted if own in trusted or not own else {**trusted, own: HERE}
    state, words = station_state(run.footer, known, "")
    colour, brief, means = _STATIONS[state]
    return ProvenanceRow("Station's signature", brief, f"{words}. {means}".strip(), colour)


def _supervisors(signatures: Sequence[Signature]) -> ProvenanceRow:
    valid, told = [], []
    for one in signatures:
        if one.problem:
            told.append(f"NOT VALID: a signature {one.problem}")
            continue
        valid.append(one.whose)
        note = " (note: see Judged by people)" if one.said.get("note") else ""
        told.append(f"{one.whose}, {moment(str(one.said.get('utc') or ''))} UTC: {one.result}{note}")
    brief = f"signed by {', '.join(dict.fromkeys(valid))}" if valid else "not signed"
    broken = len(valid) < len(signatures)
    if broken:
        brief += "; one is NOT VALID"
    return ProvenanceRow(
        "Supervisor", brief, "; ".join(told) or "none: no supervisor has signed this run", "bad" if broken else "good" if valid else "warn"
    )


def _simulated_again(run_file: Path, run: Run) -> ProvenanceRow:
    try:
        remarks = read_remarks(run_file)
    except DrillError:
        remarks = Remarks()
    state = verified_state(remarks, run.seal)
    if state not in _VERIFIED:
        return ProvenanceRow("Verified", "not yet", "not yet: 'drill verify' simulates the run again and compares everything", "warn")
    colour, brief, words = _VERIFIED[state]
    found = remarks.verified
    said = f": {str(found.get('text'))[:_LONGEST]}" if state != "identical" and found.get("text") else ""
    when = f"{moment(str(found.get('utc') or ''))} UTC, engine {str(found.get('engine'))[:_LONGEST]}"
    return ProvenanceRow("Verified", brief, f"{words}{said} ({when}; as noted beside the file: 'drill verify' proves it anew)", colour)
