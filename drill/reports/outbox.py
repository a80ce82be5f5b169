"""Statements that wait to be sent to a learning record store: kept until one has taken them, and then never sent again.

One SQLite file under DRILL_HOME. A statement is marked as sent in the same transaction that holds the file while it is sent, so a second
program waits for the first; after a crash between sending and marking, the store knows the statement by its id and keeps one.
"""

import base64
import contextlib
import json
import sqlite3
import time
import urllib.error
import urllib.parse
import urllib.request
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from drill.errors import DrillError
from drill.records.home import drill_home
from drill.reports.xapi import VERSION, Statement

BATCH: Final = 50  # tunable: a ten-minute run has about fifteen statements
TIMEOUT_S: Final = 20.0
BUSY_S: Final = 60.0
_TABLE: Final = (
    "CREATE TABLE IF NOT EXISTS statement (store TEXT NOT NULL, id TEXT NOT NULL, body TEXT NOT NULL, queued_us INTEGER NOT NULL, "
    "sent_us INTEGER, refused TEXT, PRIMARY KEY (store, id))"
)
_WAITING: Final = "SELECT id, body FROM statement WHERE store=? AND sent_us IS NULL AND refused IS NULL ORDER BY queued_us, rowid LIMIT ?"


@dataclass(frozen=True, slots=True)
class Sent:
    """What a sending came to: how many were taken now, how many still wait, how many the store refuses; `problem` says why some wait."""

    sent: int
    waiting: int
    refused: int
    problem: str = ""


class Outbox:
    """The waiting statements of each store, by the store's address."""

    def __init__(self, path: Path | None = None) -> None:
        """Open or make the file (None: DRILL_HOME/xapi.sqlite). Raises DrillError naming it where it cannot be used."""
        self.path = path if path is not None else drill_home() / "xapi.sqlite"
        try:
            self.path.parent.mkdir(parents=True, exist_ok=True)
            with self._open() as file:
                file.execute(_TABLE)
        except (OSError, sqlite3.Error) as error:
            raise DrillError(f"the outbox {self.path} cannot be used ({error}): set DRILL_HOME to a folder that can be written") from None

    def put(self, store: str, statements: Iterable[Statement]) -> int:
        """Queue statements for a store; return how many are new. What was queued or sent before stays as it is."""
        address = checked_address(store)
        rows = [(address, one["id"], json.dumps(one, ensure_ascii=False, sort_keys=True), _now_us()) for one in statements]
        with self._open() as file:
            before = file.total_changes
            file.executemany("INSERT OR IGNORE INTO statement (store, id, body, queued_us) VALUES (?, ?, ?, ?)", rows)
            return file.total_changes - before

    def counts(self) -> dict[str, dict[str, int]]:
        """Return for each store how many statements are sent, waiting and refused."""
        query = (
            "SELECT store, SUM(sent_us IS NOT NULL), SUM(sent_us IS NULL AND refused IS NULL), SUM(refused IS NOT NULL) "
            "FROM statement GROUP BY store ORDER BY store"
        )
        with self._open() as file:
            return {store: {"sent": s, "waiting": w, "refused": r} for store, s, w, r in file.execute(query)}

    def send(self, store: str, *, key: str = "", secret: str = "") -> Sent:
        """Send what waits for a store, in the order in which it came; stop at the first problem and keep the rest.

        `key` and `secret` are the store's basic authentication. A statement that the store refuses is kept, marked with its
        answer, and not tried again.
        """
        address, done = checked_address(store), 0
        try:
            while True:
                with self._open() as file:
                    file.execute("BEGIN IMMEDIATE")  # whoever else sends waits here, and then finds these marked
                    batch = [(one, json.loads(body)) for one, body in file.execute(_WAITING, (address, BATCH))]
                    if not batch:
                        break
                    refused = _post(address, [body for _, body in batch], key, secret)
                    taken = [(_now_us(), address, one) for one, _ in batch if one not in refused]
                    file.executemany("UPDATE statement SET sent_us=? WHERE store=? AND id=?", taken)
                    file.executemany(
                        "UPDATE statement SET refused=? WHERE store=? AND id=?", [(why, address, one) for one, why in refused.items()]
                    )
                    done += len(taken)
            return self._result(address, done)
        except _NotNowError as error:
            return self._result(address, done, str(error))
        except sqlite3.Error as error:
            raise DrillError(f"the outbox {self.path} cannot be used ({error})") from None

    def _result(self, address: str, done: int, problem: str = "") -> Sent:
        """Count from another connection: what a failed batch began is rolled back by then."""
        counts = self.counts().get(address, {"waiting": 0, "refused": 0})
        return Sent(done, counts["waiting"], counts["refused"], problem)

    @contextlib.contextmanager
    def _open(self) -> Iterator[sqlite3.Connection]:
        connection = sqlite3.connect(self.path, timeout=BUSY_S)
        try:
            connection.execute("PRAGMA synchronous=FULL")
            with connection:
                yield connection
        finally:
            connection.close()


def checked_address(store: str) -> str:
    """Return the address of a store's statements resource. Raises DrillError for what is not an http(s) address."""
    parts = urllib.parse.urlsplit(store.strip())
    if parts.scheme not in ("http", "https") or not parts.hostname or parts.query or parts.fragment:
        raise DrillError(
            f"'{store}' is not the address of a learning record store: give its endpoint, such as https://lrs.example.org/xAPI"
        )
    if parts.username or parts.password:
        raise DrillError("the address holds a name or password: give them as DRILL_LRS_KEY and DRILL_LRS_SECRET in the environment")
    path = parts.path.rstrip("/")
    return urllib.parse.urlunsplit((parts.scheme, parts.netloc, path if path.endswith("/statements") else f"{path}/statements", "", ""))


class _NotNowError(Exception):
    """Raised when nothing can be sent now, and trying again later is right."""


def _post(address: str, bodies: list[Statement], key: str, secret: str) -> dict[str, str]:
    """Give a batch to a store; return the ids that it refuses, with its words. Raises _NotNowError where trying later is right."""
    code, words = _request(address, bodies, key, secret)
    if code in (200, 204):
        return {}
    if code not in (400, 409, 413):
        hint = "; set DRILL_LRS_KEY and DRILL_LRS_SECRET" if code in (401, 403) else ""
        raise _NotNowError(f"{address} answered {code}: {words}{hint}")
    if len(bodies) == 1:
        return {} if code == 409 and _same(address, bodies[0], key, secret) else {str(bodies[0]["id"]): f"{code}: {words}"}
    refused: dict[str, str] = {}
    for body in bodies:  # a batch is taken whole or not at all: find the ones that it fails on
        refused |= _post(address, [body], key, secret)
    return refused


def _same(address: str, body: Statement, key: str, secret: str) -> bool:
    """Whether the store already holds this very statement: an answer to it was lost."""
    code, text = _request(f"{address}?{urllib.parse.urlencode({'statementId': body['id']})}", None, key, secret)
    try:
        held: Mapping[str, Any] = json.loads(text) if code == 200 else {}
    except ValueError:
        return False
    return all(held.get(part) == body.get(part) for part in ("actor", "verb", "object", "result"))


def _request(url: str, bodies: list[Statement] | None, key: str, secret: str) -> tuple[int, str]:
    headers = {"X-Experience-API-Version": VERSION, "Content-Type": "application/json"}
    if key or secret:
        headers["Authorization"] = "Basic " + base64.b64encode(f"{key}:{secret}".encode()).decode()
    data = None if bodies is None else json.dumps(bodies, ensure_ascii=False).encode()
    request = urllib.request.Request(url, data=data, headers=headers)  # noqa: S310 - checked_address lets http and https pass
    try:
        with urllib.request.urlopen(request, timeout=TIMEOUT_S) as answer:  # noqa: S310
            return answer.status, answer.read(100_000).decode(errors="replace")
    except urllib.error.HTTPError as error:
        with error:
            return error.code, " ".join(error.read(400).decode(errors="replace").split())
    except (OSError, ValueError) as error:
        reason = getattr(error, "reason", error)
        raise _NotNowError(f"{url.partition('?')[0]} cannot be reached ({reason})") from None


def _now_us() -> int:
    return time.time_ns() // 1000
