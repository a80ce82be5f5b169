"""Statements wait until a store has taken them, and are never sent twice."""

import json
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner

from drill.cli import cli
from drill.errors import DrillError
from drill.reports.outbox import BATCH, Outbox, checked_address


class Store(ThreadingHTTPServer):
    """A small store that keeps what it is given; `plan` holds its next answers ("drop" = take it, then hang up)."""

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), Handler)
        self.held: dict[str, Any] = {}
        self.posts: list[list[str]] = []
        self.plan: list[int | str] = []

    @property
    def url(self) -> str:
        """Its endpoint."""
        return f"http://127.0.0.1:{self.server_address[1]}/xAPI"


class Handler(BaseHTTPRequestHandler):
    """Answers as the specification asks: equal statements with a known id are fine, different ones are a conflict."""

    server: Store

    def do_POST(self) -> None:
        """Take statements."""
        given = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
        self.server.posts.append([one["id"] for one in given])
        step = self.server.plan.pop(0) if self.server.plan else 200
        if isinstance(step, int) and step != 200:
            self._answer(step, {"detail": "as told"})
            return
        if any(one["verb"]["id"].endswith("bad") for one in given):
            self._answer(400, {"detail": "bad verb"})
            return
        if any(self.server.held.get(one["id"], one) != one for one in given):
            self._answer(409, {"detail": "differs"})
            return
        self.server.held |= {one["id"]: one for one in given}
        if step == "drop":
            self.close_connection = True
            self.connection.close()
            return
        self._answer(200, [one["id"] for one in given])

    def do_GET(self) -> None:
        """Give one statement back."""
        found = self.server.held.get(self.path.rpartition("=")[2])
        self._answer(200 if found else 404, found or {})

    def _answer(self, code: int, body: object) -> None:
        data = json.dumps(body).encode()
        self.send_response(code)
        self.send_header("Content-Length", str(len(data)))
        self.end_headers()
        self.wfile.write(data)

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - the library's name
        """Say nothing."""


@pytest.fixture
def store() -> Iterator[Store]:
    """A store on this machine."""
    server = Store()
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02})
    thread.start()
    yield server
    server.shutdown()
    thread.join()
    server.server_close()


def some(count: int, verb: str = "http://x.invalid/did") -> list[dict[str, Any]]:
    """Small statements with ids in order."""
    return [{"id": f"00000000-0000-5000-8000-{i:012d}", "verb": {"id": verb}, "actor": {}, "object": {}} for i in range(count)]


def test_what_is_queued_twice_is_sent_once(store: Store, tmp_path: Path) -> None:
    """Queueing again adds nothing, sending again sends nothing, also from a new program."""
    box = Outbox(tmp_path / "x.sqlite")

    assert [box.put(store.url, some(3)), box.put(store.url, some(3))] == [3, 0]
    assert box.send(store.url).sent == 3
    assert Outbox(tmp_path / "x.sqlite").put(store.url + "/", some(3)) == 0
    assert Outbox(tmp_path / "x.sqlite").send(store.url).sent == 0
    assert len(store.posts) == 1


def test_offline_everything_waits_in_order(store: Store, tmp_path: Path) -> None:
    """Where nobody answers, nothing is lost; the next sending goes on where it stopped, in order."""
    box = Outbox(tmp_path / "x.sqlite")
    box.put(store.url, some(BATCH + 7))
    store.plan = [200, 503]
    found = box.send(store.url)

    assert (found.sent, found.waiting) == (BATCH, 7)
    assert "503" in found.problem
    assert box.send(store.url).sent == 7
    assert list(store.held) == [one["id"] for one in some(BATCH + 7)]

    nowhere = "http://127.0.0.1:9/xAPI"
    box.put(nowhere, some(2))
    lost = box.send(nowhere)
    assert (lost.sent, lost.waiting) == (0, 2)
    assert "cannot be reached" in lost.problem


def test_an_answer_that_was_lost_leaves_one_statement(store: Store, tmp_path: Path) -> None:
    """The store took a batch and the line broke: sent again, it knows the ids and keeps one of each."""
    box = Outbox(tmp_path / "x.sqlite")
    box.put(store.url, some(4))
    store.plan = ["drop"]

    assert box.send(store.url).waiting == 4
    assert len(store.held) == 4
    store.plan = [409]  # a store that answers a known batch with a conflict
    assert box.send(store.url).sent == 4
    assert len(store.held) == 4
    assert box.counts()[f"{store.url}/statements"] == {"sent": 4, "waiting": 0, "refused": 0}


def test_one_bad_statement_does_not_hold_up_the_others(store: Store, tmp_path: Path) -> None:
    """What the store refuses is kept with its answer and not tried again; the rest goes through."""
    box = Outbox(tmp_path / "x.sqlite")
    bad = {**some(9)[8], "verb": {"id": "http://x.invalid/bad"}}
    box.put(store.url, [*some(3), bad])

    found = box.send(store.url)

    assert (found.sent, found.waiting, found.refused, found.problem) == (3, 0, 1, "")
    posts = len(store.posts)
    assert box.send(store.url).refused == 1
    assert len(store.posts) == posts


def test_two_programs_that_send_at_once_send_each_statement_once(store: Store, tmp_path: Path) -> None:
    """Whoever comes second waits, and finds the batch marked."""
    box = Outbox(tmp_path / "x.sqlite")
    box.put(store.url, some(20))
    threads = [threading.Thread(target=Outbox(box.path).send, args=(store.url,)) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert sorted(one for post in store.posts for one in post) == [one["id"] for one in some(20)]


@pytest.mark.parametrize("address", ["lrs", "ftp://x.org/a", "http://", "file:///etc/passwd", "https://me:secret@x.org/xAPI", ""])
def test_what_is_not_an_address_is_said(address: str) -> None:
    """Only http and https endpoints, without a password in them."""
    with pytest.raises(DrillError):
        checked_address(address)


def test_the_commands_queue_send_and_say_what_waits(store: Store, played: Any, tmp_path: Path) -> None:
    """`drill xapi send` offline is a finding that keeps everything; online it sends; `status` counts."""
    from drill.records.store import save_run

    run = save_run(played.run, tmp_path / "a.drill.gz")
    nowhere = CliRunner().invoke(cli, ["xapi", "send", "--to", "http://127.0.0.1:9/xAPI", str(run)])
    sent = CliRunner().invoke(cli, ["xapi", "send", str(run)], env={"DRILL_LRS_URL": store.url})
    again = CliRunner().invoke(cli, ["xapi", "send", "--to", store.url, str(run)])
    status = CliRunner().invoke(cli, ["xapi", "status"])

    assert nowhere.exit_code == 1
    assert "what waits is kept" in nowhere.output
    assert (sent.exit_code, again.exit_code) == (0, 0)
    assert "queued before" in again.output
    assert "0 sent, 0 waiting, 0 refused" in again.output
    assert f"{store.url}/statements: {len(store.held)} sent" in status.output
    assert CliRunner().invoke(cli, ["xapi", "send", str(run)]).exit_code == 2


def test_a_run_that_cannot_be_judged_does_not_hold_up_the_others(store: Store, played: Any, tmp_path: Path) -> None:
    """A run whose pack is gone is named and left out, the others are sent, and the exit code tells; its report is written all the same."""
    from dataclasses import replace

    from drill.records.store import save_run

    gone = save_run(replace(played.run, header={**played.run.header, "scenario": "gone/case"}), tmp_path / "gone.drill.gz")
    good = save_run(played.run, tmp_path / "good.drill.gz")
    sent = CliRunner().invoke(cli, ["xapi", "send", "--to", store.url, str(gone), str(good)])
    report = CliRunner().invoke(cli, ["report", str(gone), "-o", str(tmp_path / "gone.html")])

    assert sent.exit_code == 1
    assert "left out" in sent.output
    assert "1 of the runs" in sent.output
    assert len(store.held) > 2
    assert report.exit_code == 0, report.output
    assert "Not judged" in (tmp_path / "gone.html").read_text(encoding="utf-8")
