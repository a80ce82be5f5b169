"""What is said about a run later, kept beside its file and never in it: signatures of supervisors, and what verifying found.

`NAME.drill.gz` has its remarks in `NAME.remarks.json`. A supervisor's signature is over the run's seal, the note and the
ratings, so that none can be moved to another run; what verifying found is a memory of this computer and proves nothing.
"""

import json
import os
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Final

from drill import ENGINE_VERSION
from drill.engine.runlog import canonical
from drill.errors import RunFileError
from drill.records.keys import Key, key_names, signature_fits, trusted_keys, who_is

FORMAT: Final = "drill/remarks/1"
SUFFIX: Final = ".remarks.json"
_FIELDS: Final = ("name", "key", "utc", "note", "ratings", "seal", "digest", "score", "passed")


@dataclass(frozen=True, slots=True)
class Remarks:
    """`verified` is what the last `drill verify` found ({} = never), `signatures` those of supervisors, oldest first."""

    verified: Mapping[str, Any] = field(default_factory=dict)
    signatures: tuple[Mapping[str, Any], ...] = ()


def remarks_place(run_file: Path) -> Path:
    """Return where a run's remarks lie."""
    name = run_file.name.removesuffix(".gz").removesuffix(".drill")
    return run_file.with_name(name + SUFFIX)


def read_remarks(run_file: Path) -> Remarks:
    """Return a run's remarks, none where there are none. Raises RunFileError for a file that is none of Drill's."""
    path = remarks_place(run_file)
    try:
        data = json.loads(path.read_bytes())
    except FileNotFoundError:
        return Remarks()
    except (OSError, ValueError, RecursionError) as error:
        message = f"{path}: cannot be read ({error}): move it away; the run itself is not touched"
        raise RunFileError(message) from None
    if not isinstance(data, dict) or data.get("format") != FORMAT:
        message = f"{path}: is not of the format '{FORMAT}': move it away, or open it with a newer Drill"
        raise RunFileError(message)
    verified, signatures = data.get("verified"), data.get("signatures")
    kept = tuple(each for each in signatures if isinstance(each, dict)) if isinstance(signatures, list) else ()
    return Remarks(verified if isinstance(verified, dict) else {}, kept)


def note_verified(run_file: Path, *, seal: str, status: str, text: str) -> None:
    """Remember what verifying a run found. Raises RunFileError where it cannot be written."""
    old = read_remarks(run_file)
    found = {"seal": seal, "status": status, "text": text, "engine": ENGINE_VERSION, "utc": _now()}
    _write(run_file, Remarks(found, old.signatures))


def sign_run(
    run_file: Path,
    *,
    name: str,
    key: Key,
    seal: str,
    digest: str,
    score: float | None,
    passed: bool | None,
    note: str = "",
    ratings: Mapping[str, float] | None = None,
) -> dict[str, Any]:
    """Put a supervisor's signature beside a run and return it. `ratings` are of the items that only people can judge.

    Raises RunFileError where it cannot be written.
    """
    said = {
        "name": name,
        "key": key.public,
        "utc": _now(),
        "note": note,
        "ratings": dict(ratings or {}),
        "seal": seal,
        "digest": digest,
        "score": score,
        "passed": passed,
    }
    signed = {**said, "signature": key.sign(_signed_bytes(said))[1]}
    old = read_remarks(run_file)
    _write(run_file, Remarks(old.verified, (*old.signatures, signed)))
    return signed


def signature_state(signed: Mapping[str, Any], seal: str) -> str:
    """Return "" for a signature that fits this run, else what is wrong with it."""
    if not signature_fits(signed.get("key"), _signed_bytes(signed), signed.get("signature")):
        return "was edited: it does not fit its own words"
    return "" if signed.get("seal") == seal else "is of another state of the file"


@dataclass(frozen=True, slots=True)
class Signature:
    """One supervisor's signature as it is read: what was signed, "" or why it does not fit this file, whose key it is in words."""

    said: Mapping[str, Any]
    problem: str
    whose: str

    @property
    def ratings(self) -> Mapping[str, float]:
        """Items that only people can judge, with their step on the scale."""
        found = self.said.get("ratings")
        return {str(name): value for name, value in found.items() if isinstance(value, int | float)} if isinstance(found, dict) else {}

    @property
    def result(self) -> str:
        """The result that was signed, in words."""
        score = self.said.get("score")
        passed = "passed" if self.said.get("passed") else "not passed"
        return f"{passed}, {score:g} %" if isinstance(score, int | float) else "not judged"


def signatures_of(run_file: Path, seal: str, home: Path | None = None) -> tuple[Signature, ...]:
    """Return the signatures beside a run, oldest first. Raises RunFileError or DrillError for remarks or a list that cannot be read."""
    known = {**trusted_keys(home), **key_names(home)}
    return tuple(
        Signature(said, signature_state(said, seal), who_is(str(said.get("key")), known).replace("station", "key"))
        for said in read_remarks(run_file).signatures
    )


def verified_state(remarks: Remarks, seal: str) -> str:
    """Return what the last verifying of this very file found: identical, different, not_comparable, or "" (never)."""
    found = remarks.verified
    return str(found.get("status", "")) if found.get("seal") == seal and seal else ""


def _signed_bytes(said: Mapping[str, Any]) -> bytes:
    return b"drill supervisor\n" + canonical({name: said.get(name) for name in _FIELDS})


def _now() -> str:
    return datetime.now(UTC).isoformat(timespec="seconds")


def _write(run_file: Path, remarks: Remarks) -> None:
    path = remarks_place(run_file)
    data = {"format": FORMAT, "verified": dict(remarks.verified), "signatures": [dict(each) for each in remarks.signatures]}
    part = path.with_name(f"{path.name}.{os.getpid()}.part")
    try:
        part.write_text(json.dumps(data, ensure_ascii=False, indent=1) + "\n", encoding="utf-8")
        part.replace(path)
    except OSError as error:
        message = f"{path}: cannot be written ({error.strerror}): put the run where you may write"
        raise RunFileError(message) from None
