"""The list of runs that are kept: one row a file, read from its first and last line, remembered by size and time.

`open_run` is what checks a file; a list believes it.
"""

import gzip
import json
import os
from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, Final

from drill.engine.runfile import read_footer, read_header, signed_bytes
from drill.errors import DrillError, RunFileError
from drill.records.home import HOME_VARIABLE, drill_home, runs_folder
from drill.records.keys import key_names, own_public, signature_fits, trusted_keys, who_is
from drill.records.recorder import PACKED, SUFFIX
from drill.records.remarks import Remarks, read_remarks, signature_state, verified_state
from drill.records.store import open_run, read_bytes

CACHE: Final = "runs_index.json.gz"
_VERSION: Final = 1  # of the cache: another one is read anew


@dataclass(frozen=True, slots=True)
class RunRow:
    """One kept run. `state`: finished, unfinished or unreadable.

    `attempt` counts the trainee's runs of the scenario; `met_before` says whether the trainee had had this cause;
    `hints` whether prompts were shown; `verified` is identical, different, not_comparable, damaged or ""; `station` says who
    signed the file: a station in words, "unsigned", or "wrong"; `signed_by` names the supervisors, each once.
    """

    path: Path
    state: str
    started_utc: str = ""
    trainee: str = ""
    case: str = ""
    scenario: str = ""
    cause: str = ""
    mode: str = ""
    seed: int | None = None
    attempt: int = 0
    met_before: bool = False
    hints: bool = False
    forked: bool = False
    outcome: str = ""
    score: float | None = None
    passed: bool | None = None
    ledger: Mapping[str, float] | None = None
    digest: str = ""
    verified: str = ""
    station: str = ""
    signed_by: tuple[str, ...] = ()

    def to_json(self) -> dict[str, Any]:
        """Return the row as plain data."""
        row = {name: getattr(self, name) for name in self.__slots__}
        return {**row, "path": str(self.path), "signed_by": list(self.signed_by), "ledger": dict(self.ledger or {})}


def list_runs(home: Path | None = None) -> list[RunRow]:
    """Return the kept runs, the newest first; none where they cannot be read."""
    try:
        return kept_runs(home)
    except DrillError:
        return []


def kept_runs(home: Path | None = None) -> list[RunRow]:
    """Return the kept runs, the newest first. Raises DrillError where there is no home folder, or where it cannot be read."""
    base = home or drill_home()
    paths = _run_files(base)
    kept, fresh, remarks = _cached(base), {}, {}
    for path in paths:
        try:
            stat = path.stat()
        except OSError:
            continue
        mark = [stat.st_size, stat.st_mtime_ns]
        known = kept.get(path.name)
        facts = dict(known) if known is not None and known.get("mark") == mark else {"mark": mark, **_facts(path)}
        remarks[path.name] = _remarks(path)
        if "seal" not in facts and "scenario" in facts and not _fit(remarks[path.name], facts.get("footer")):
            facts["seal"] = _seal(path)
        fresh[path.name] = facts
    if fresh != kept:
        _keep(base, fresh)
    try:
        trusted = trusted_keys(base)
    except DrillError:
        trusted = {}
    own, people = own_public(base), key_names(base)
    rows = [_row(base / "runs" / name, facts, remarks[name], trusted, people, own) for name, facts in fresh.items()]
    return _counted(rows)[::-1]


def _run_files(base: Path) -> list[Path]:
    """Return the files of a home's runs; none where no run was kept yet."""
    folder = runs_folder(base)
    try:
        if not base.exists() or (base.is_dir() and not folder.exists()):
            return []
        return sorted(path for path in folder.iterdir() if path.name.endswith((SUFFIX, PACKED)))
    except OSError as error:
        message = f"{folder}: the runs cannot be read ({error.strerror}): let {HOME_VARIABLE} name a folder that this user may read"
        raise RunFileError(message) from None


def _fit(remarks: Remarks, footer: Mapping[str, Any] | None) -> bool:
    """Whether all that was said is about the lines that the footer claims; else the lines themselves must be looked at."""
    said = {str(each.get("seal") or "") for each in (remarks.verified, *remarks.signatures)} - {""}
    return said <= {footer["seal"] if footer else ""}


def _seal(path: Path) -> str:
    """Return the hash over every line that can be read."""
    try:
        return open_run(path).seal
    except RunFileError:
        return ""


def attempt_of(trainee: str, scenario: str, home: Path | None = None) -> int:
    """Return which attempt at a scenario the next run of this trainee is, from 1; 0 for nobody in particular."""
    if not trainee:
        return 0
    return 1 + max((row.attempt for row in list_runs(home) if (row.trainee, row.scenario) == (trainee, scenario)), default=0)


def _counted(rows: list[RunRow]) -> list[RunRow]:
    """Put in what only the runs before tell; rows come oldest first."""
    attempts: dict[tuple[str, str], int] = {}
    met: set[tuple[str, str, str]] = set()
    done = []
    for row in sorted(rows, key=lambda row: (row.started_utc, row.path.name)):
        if row.state == "unreadable":
            done.append(row)
            continue
        mine = (row.trainee, row.scenario)
        attempts[mine] = row.attempt or attempts.get(mine, 0) + 1
        done.append(replace(row, attempt=attempts[mine], met_before=(*mine, row.cause) in met))
        met.add((*mine, row.cause))
    return done


def _facts(path: Path) -> dict[str, Any]:
    """Return what a file says of itself, {} if it cannot be read."""
    try:
        data, _ = read_bytes(path)
        first, _, rest = data.partition(b"\n")
        header, _, _ = read_header(first)
        about = header.get("about")
        facts = {key: header[key] for key in ("scenario", "cause", "mode", "seed")}
        facts["forked"] = header["parent"] is not None
        named = about if isinstance(about, dict) else {}
        facts["about"] = {key: named.get(key) for key in ("started_utc", "trainee", "case_name", "attempt")}
        footer = read_footer(rest.rstrip(b"\n").rpartition(b"\n")[2]) if rest.endswith(b"\n") else None
        if footer is not None:
            score = footer.pop("score", None)
            keys = ("outcome", "score", "passed", "ledger")
            facts["footer"] = {
                "score": {key: score.get(key) for key in keys} if isinstance(score, dict) else {},
                "digest": str(footer.get("digest", "")),
                "seal": str(footer.pop("seal", "")),
                "key": footer.get("key"),
                "fits": footer.get("key") is not None
                and signature_fits(footer["key"], signed_bytes({**footer, "score": score}), footer.get("signature")),
            }
    except (RunFileError, ValueError, KeyError, TypeError, RecursionError):
        return {}
    else:
        return facts


def _row(
    path: Path, facts: Mapping[str, Any], remarks: Remarks, trusted: Mapping[str, str], people: Mapping[str, str], own: str
) -> RunRow:
    if "scenario" not in facts:
        return RunRow(path, "unreadable")
    about, footer = facts["about"], facts.get("footer")
    claimed = footer["seal"] if footer else ""
    seal = facts.get("seal", claimed)
    found = verified_state(remarks, seal)
    row = RunRow(
        path,
        "finished" if footer else "unfinished",
        started_utc=str(about.get("started_utc") or ""),
        trainee=str(about.get("trainee") or ""),
        case=str(about.get("case_name") or ""),
        scenario=facts["scenario"],
        cause=facts["cause"],
        mode=facts["mode"],
        seed=facts["seed"],
        attempt=about["attempt"] if isinstance(about.get("attempt"), int) else 0,
        hints=facts["mode"] == "guided",
        forked=facts["forked"],
        verified="damaged" if found and footer and seal != claimed else found,
        station="unsigned",
        signed_by=tuple(dict.fromkeys(_signer(each, trusted, people) for each in remarks.signatures if not signature_state(each, seal))),
    )
    if not footer:
        return row
    score = footer["score"]
    return replace(
        row,
        outcome=str(score.get("outcome") or ""),
        score=score.get("score"),
        passed=score.get("passed"),
        ledger=score.get("ledger"),
        digest=footer["digest"],
        station="unsigned" if footer["key"] is None else who_is(footer["key"], trusted, own) if footer["fits"] else "wrong",
    )


def _signer(said: Mapping[str, Any], trusted: Mapping[str, str], people: Mapping[str, str]) -> str:
    """Return whose signature it is: by the key, since anyone may write any name."""
    key = str(said.get("key"))
    known = people.get(key) or trusted.get(key)
    return known or f"{said.get('name')} (unknown key)"


def _remarks(path: Path) -> Remarks:
    try:
        return read_remarks(path)
    except RunFileError:
        return Remarks()


def _cached(base: Path) -> dict[str, Any]:
    try:
        data = json.loads(gzip.decompress((base / CACHE).read_bytes()))
        rows = data["rows"] if data["version"] == _VERSION else {}
    except (OSError, EOFError, ValueError, KeyError, TypeError):
        return {}
    return rows if isinstance(rows, dict) and all(isinstance(row, dict) for row in rows.values()) else {}


def _keep(base: Path, rows: Mapping[str, Any]) -> None:
    """Remember for the next time; where nothing can be written, the next time reads again."""
    part = base / f"{CACHE}.{os.getpid()}.part"
    try:
        part.write_bytes(gzip.compress(json.dumps({"version": _VERSION, "rows": rows}).encode(), mtime=0))
        part.replace(base / CACHE)
    except OSError:
        part.unlink(missing_ok=True) if os.access(base, os.W_OK) else None
