"""How long it takes to start, and how much memory it takes: each measured from outside, in a process of its own."""

import json
import os
import subprocess
import sys
import time
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from drill.errors import DrillError

# Marks are seconds since the parent started the process.
_MARKS = """
import json, sys, time
begun, marks = float(sys.argv[1]), {}
def mark(name): marks[name] = round(time.time() - begun, 3)
mark("python_s")
def peak():
    try:
        import pathlib
        for line in pathlib.Path("/proc/self/status").read_text().splitlines():
            if line.startswith("VmHWM:"):
                return round(int(line.split()[1]) / 1024, 1)
        import resource
    except (ImportError, OSError):
        return None
    size = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return round(size / (2**20 if sys.platform == "darwin" else 2**10), 1)
def done():
    print(json.dumps({**marks, "peak_mib": peak()}), flush=True)
"""
_HEADLESS = """
import drill.headless as headless
from drill.engine.session import Session
from drill.records.home import pack_roots
mark("imported_s")
loaded = headless.load_scenario(sys.argv[2], roots=pack_roots())
mark("loaded_s")
kernel = headless.kernel(loaded, plain=sys.argv[3] == "plain")
mark("kernel_s")
session = Session(loaded, seed=1, mode="practice", cause=None, advance=kernel.advance)
mark("settled_s")
session.tick()
mark("first_tick_s")
done()
"""
_PANEL = """
import pygame
import drill.ui.app as app
from drill.ui.live import LiveScreen
from drill.records.home import pack_roots
mark("imported_s")
flip, draw, drawn = pygame.display.flip, LiveScreen.draw, []
def live(self, canvas):
    drawn.append(1)
    return draw(self, canvas)
def shown():
    flip()
    marks.setdefault("first_picture_s", round(time.time() - begun, 3))
    if len(drawn) > 1:
        mark("moving_picture_s")
        done()
        pygame.event.post(pygame.event.Event(pygame.QUIT))
    else:
        pygame.event.post(pygame.event.Event(pygame.KEYDOWN, key=pygame.K_RETURN, mod=0, unicode="", scancode=40))
        pygame.event.post(pygame.event.Event(pygame.KEYUP, key=pygame.K_RETURN, mod=0, unicode="", scancode=40))
LiveScreen.draw, pygame.display.flip = live, shown
app.play(sys.argv[2], roots=pack_roots(), seed=1)
"""
_RUN = """
import drill.headless as headless
from drill.engine.session import Session
from drill.records.home import pack_roots
from drill.robots.make import make_robot, play
loaded = headless.load_scenario(sys.argv[2], roots=pack_roots())
session = Session(loaded, seed=1, mode="exam", cause=None, advance=headless.kernel(loaded).advance)
robot = make_robot("expert", loaded.plays, 1)
mark("ready_s")
played = time.perf_counter()
play(session, robot)
headless.judge(session.run, loaded)
marks["played_s"] = round(time.perf_counter() - played, 3)
marks["simulated_s"] = session.run.last_tick / 50
mark("ended_s")
done()
"""
_LIMIT_S = 600


def start_up(scenario: str) -> dict[str, Any]:
    """Measure the start of a drill: cold (no compiled kernel kept), warm and plain, without a window; and of `drill play`.

    `play_new` lets a patient settle who was never seen before, `play` finds the settled state kept.
    """
    with TemporaryDirectory() as home:
        return {
            "cold": _child(_HEADLESS, home, scenario, "compiled"),
            "warm": _least(_HEADLESS, home, scenario, "compiled"),
            "plain": _least(_HEADLESS, home, scenario, "plain"),
            "play_new": _child(_PANEL, home, scenario),  # the same seed again finds its machine settled
            "play": _least(_PANEL, home, scenario),
        }


def whole_drill(scenario: str) -> dict[str, Any]:
    """Play a scenario by its expert, compiled, without recording: simulated seconds per wall second and peak memory.

    `played_s` runs from tick 0 to the score: kernel, alarms, director, robot, log. What comes before is in `start_up`.
    """
    with TemporaryDirectory() as home:
        _child(_HEADLESS, home, scenario, "compiled")  # compiles the kernel, which is not what is measured
        runs = [_child(_RUN, home, scenario) for _ in range(3)]
    best = min(runs, key=lambda run: float(run["played_s"]))
    return {"scenario": scenario, "robot": "expert", **best, "simulated_s_per_s": round(best["simulated_s"] / best["played_s"], 1)}


def _least(code: str, home: str, *arguments: str) -> dict[str, Any]:
    """Return the quickest of three starts, by its last mark."""
    runs = [_child(code, home, *arguments) for _ in range(3)]
    return min(runs, key=lambda run: max(v for k, v in run.items() if k.endswith("_s")))


def _child(code: str, home: str, *arguments: str) -> dict[str, Any]:
    hidden = {"SDL_VIDEODRIVER": "dummy", "SDL_AUDIODRIVER": "dummy", "PYGAME_HIDE_SUPPORT_PROMPT": "1"}
    place = os.pathsep.join([str(Path(__file__).resolve().parents[2]), os.environ.get("PYTHONPATH", "")])
    environment = {**os.environ, **hidden, "DRILL_HOME": home, "PYTHONPATH": place}
    command = [sys.executable, "-c", _MARKS + code, str(time.time()), *arguments]
    ended = subprocess.run(command, env=environment, capture_output=True, text=True, check=False, timeout=_LIMIT_S)  # noqa: S603  our own code
    lines = ended.stdout.strip().splitlines()
    if ended.returncode or not lines:
        raise DrillError(f"a start that was to be measured failed: {ended.stderr.strip().splitlines()[-1:]}")
    found: dict[str, Any] = json.loads(lines[-1])
    return found
