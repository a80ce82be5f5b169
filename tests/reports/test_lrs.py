"""Statements in a real learning record store: Ralph, in a virtual environment of its own, with its file backend."""

import json
import os
import socket
import subprocess
import sys
import time
import urllib.request
from base64 import b64encode
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any, NamedTuple

import pytest

from drill.reports.outbox import Outbox
from drill.reports.xapi import scaled_score, statements

RALPH = "ralph-malph[full]==5.1.0"
KEY, SECRET, WRONG = "drill", "training-only", "wrong"


class Lrs(NamedTuple):
    """A running store."""

    url: str
    start: Any
    stop: Any


@pytest.fixture(scope="module")
def ralph(root: Path) -> Path:
    """The folder of Ralph's programs; made once and kept in out/, since its hundred packages take a minute."""
    home = root / "out" / "ralph"
    scripts = home / ("Scripts" if os.name == "nt" else "bin")
    if not (home / "whole").is_file():
        subprocess.run([sys.executable, "-m", "venv", "--clear", home], check=True)
        command: list[str | Path] = [scripts / "python", "-m", "pip", "install", "-q", "--disable-pip-version-check", RALPH]
        done = subprocess.run(command, capture_output=True, text=True, check=False)
        if done.returncode:
            pytest.fail(f"{RALPH} cannot be installed (this test needs a package index): {done.stderr[-600:]}")
        (home / "whole").touch()
    return scripts


@pytest.fixture
def lrs(ralph: Path, tmp_path: Path) -> Iterator[Lrs]:
    """A store on a free port, that can be stopped and started again with what it holds."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    env = {
        **os.environ,
        "PYTHONPATH": "",
        "RALPH_APP_DIR": str(tmp_path),
        "RALPH_RUNSERVER_BACKEND": "fs",
        "RALPH_BACKENDS__LRS__FS__DEFAULT_DIRECTORY_PATH": str(tmp_path / "store"),
    }
    user = ["-u", KEY, "-p", SECRET, "-s", "all", "-N", KEY, "-M", "mailto:drill@example.org", "-w"]
    subprocess.run([ralph / "ralph", "auth", *user], env=env, cwd=tmp_path, check=True, capture_output=True)
    running: list[subprocess.Popen[bytes]] = []

    def start() -> None:
        command: list[str | Path] = [ralph / "uvicorn", "ralph.api:app", "--host", "127.0.0.1", "--port", str(port)]
        running.append(subprocess.Popen(command, env=env, cwd=tmp_path))
        for _ in range(600):
            with socket.socket() as probe:
                if probe.connect_ex(("127.0.0.1", port)) == 0:
                    return
            time.sleep(0.1)
        pytest.fail("the store did not start within a minute")

    def stop() -> None:
        while running:
            one = running.pop()
            one.terminate()
            one.wait(20)

    yield Lrs(f"http://127.0.0.1:{port}/xAPI", start, stop)
    stop()


def held(url: str) -> list[dict[str, Any]]:
    """Every statement that the store holds."""
    request = urllib.request.Request(f"{url}/statements/?limit=500")  # noqa: S310 - our own store on this machine
    request.add_header("Authorization", "Basic " + b64encode(f"{KEY}:{SECRET}".encode()).decode())
    request.add_header("X-Experience-API-Version", "1.0.3")
    with urllib.request.urlopen(request, timeout=20) as answer:  # noqa: S310 - as above
        return list(json.load(answer)["statements"])


@pytest.mark.soak
def test_a_real_store_takes_a_run_once(lrs: Lrs, played: Any, tmp_path: Path) -> None:
    """Offline the run waits; online the store takes every statement and gives back the same; sent again it keeps one of each."""
    header = {**played.run.header, "about": {"trainee": "T-17", "started_utc": "2026-11-21T08:00:00+00:00", "case_name": "Late shift"}}
    told = statements(replace(played.run, header=header), played.sheet)
    box = Outbox(tmp_path / "box.sqlite")
    box.put(lrs.url, told)
    assert box.send(lrs.url, key=KEY, secret=SECRET).waiting == len(told)

    lrs.start()
    assert "401" in box.send(lrs.url, key=KEY, secret=WRONG).problem
    assert box.send(lrs.url, key=KEY, secret=SECRET).sent == len(told)
    assert box.send(lrs.url, key=KEY, secret=SECRET).sent == 0

    lrs.stop()
    forgot = Outbox(tmp_path / "other.sqlite")  # as after a crash between sending and marking
    forgot.put(lrs.url, told)
    assert forgot.send(lrs.url, key=KEY, secret=SECRET).waiting == len(told)
    lrs.start()
    assert forgot.send(lrs.url, key=KEY, secret=SECRET).refused == 0

    kept = {one["id"]: one for one in held(lrs.url)}
    assert len(held(lrs.url)) == len(told)
    assert {i: (s["actor"], s["verb"], s["object"], s.get("result")) for i, s in kept.items()} == {
        s["id"]: (s["actor"], s["verb"], s["object"], s.get("result")) for s in told
    }
    assert kept[told[-1]["id"]]["result"]["score"]["scaled"] == scaled_score(played.sheet) < played.sheet.pass_mark_pct / 100
