"""A person's hands: real window events, from the menu to the debrief, on the real program under a virtual display.

The script sees what a trainee sees: the window's title, and shown readings, findings and arrivals as the run file
holds them while it is written. It never sees truth or the hidden cause. Simulated time runs faster (DRILL_SPEED,
practice mode only). Needs Xvfb and xdotool (Debian: apt-get install xvfb xdotool; .ci/run does it); where they are
missing, the same script plays through SDL's own event queue, without a display.
"""

import os
import shutil
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import ClassVar, Protocol

import pygame
import pytest

from drill.engine.frame import Frame, FrameBuilder
from drill.engine.runlog import Run
from drill.engine.session import Session
from drill.errors import RunFileError
from drill.records.home import pack_roots
from drill.records.store import open_run
from drill.scenarios.load import Loaded, load_scenario
from drill.ui.app import listed
from drill.ui.canvas import Canvas
from drill.ui.drawing import read_drawing
from drill.ui.panel import CIRCUIT, SAYDO
from drill.ui.panes import ROWS, WHOLE
from drill.ui.theme import load_theme

SCENARIO = "pump_head_failure/va_flow_lost"
CASE = "VA ECMO, late shift"
SPEED = 6.0
PATIENCE_S = 240.0  # a step that has not come by then never will: on an idle machine the whole drill takes a minute
WINDOW = (1400, 900)


class Hands(Protocol):
    """Keys, clicks and the window's title, however they reach the program."""

    def key(self, name: str, times: int = 1) -> None:
        """Press and release a key by its X name."""

    def click(self, x: float, y: float) -> None:
        """Click at a logical point of the 1280 x 720 canvas."""

    def type(self, text: str) -> None:
        """Type a text."""

    def title(self) -> str:
        """Return what the window is called now, "" where there is none."""


class Eyes:
    """What the run file holds so far, as the trainee has been shown it."""

    def __init__(self, home: Path) -> None:
        self._runs = home / "runs"
        self.run: Run | None = None

    def frame(self) -> Frame | None:
        """Return the last frame written, None before the first."""
        files = sorted(self._runs.glob("*.drill*"))
        try:
            self.run = open_run(files[-1]) if files else None
        except RunFileError:
            return None  # packed and replaced at this very moment
        builder = FrameBuilder()
        for entry in self.run.entries if self.run else ():
            builder.feed(entry)
        return builder.last

    def here(self, who: str) -> bool:
        """Return whether a person has arrived."""
        return any(e["k"] == "person" and e["who"] == who and e["state"] == "here" for e in (self.run.entries if self.run else ()))

    def tail(self) -> str:
        """Return the last entries that are no readings, for the report of a failure."""
        entries = [e for e in (self.run.entries if self.run else ()) if e["k"] not in ("frame", "check", "snapshot")]
        return "\n".join(map(str, entries[-25:]))

    @property
    def ended(self) -> bool:
        """Return whether the drill is over."""
        return self.run is not None and self.run.ended


def wait(what: str, holds: Callable[[], bool]) -> None:
    """Wait until something holds; a step that never comes is named."""
    deadline = time.monotonic() + PATIENCE_S
    while not holds():
        assert time.monotonic() < deadline, f"waited in vain for: {what}"
        time.sleep(0.15)


class Player:
    """Plays the case as a careful trainee would: clamp, call, support, look, then what the finding asks for."""

    def __init__(self, hands: Hands, eyes: Eyes, loaded: Loaded) -> None:
        self.hands, self.eyes = hands, eyes
        drawing = read_drawing(loaded.circuit.drawing)
        self._clamps = {c.control: (CIRCUIT[0] + c.at[0], CIRCUIT[1] + c.at[1]) for c in drawing.clamps}
        start = loaded.scenario.start.model_copy(update={"settle_s": 0.0})
        quick = Loaded(
            loaded.scenario.model_copy(update={"start": start}), loaded.circuit, loaded.patient, loaded.tasks, loaded.plays, loaded.pack,
            loaded.site_values, loaded.digest,
        )  # fmt: skip
        options = Session(quick, seed=0).snapshot().options
        groups = [g.id for g in loaded.tasks.groups]
        self._digits = {
            (o.verb, o.target): (groups.index(group) + 1, *(divmod(place, ROWS) if len(listed) > WHOLE else (0, place)))
            for group in groups
            for listed in [[o for o in options if o.group == group]]
            for place, o in enumerate(listed)
        }

    def choose(self, verb: str, target: str) -> None:
        """Open a group of the say-and-do list by its digit, turn its pages, and choose an entry by its digit."""
        group, turns, entry = self._digits[verb, target]
        self.hands.click(SAYDO[0] + SAYDO[2] - 46, SAYDO[1] + 15)  # "back", where a list stayed open with its reason; else nothing
        self.hands.key(str(group % 10))
        time.sleep(0.1)
        for _ in range(turns):
            self.hands.key("0")
            time.sleep(0.1)
        self.hands.key(str(entry + 1))
        time.sleep(0.1)

    def until(self, what: str, holds: Callable[[Frame], bool]) -> Frame:
        """Wait for something on the displays."""
        seen: list[Frame] = []

        def check() -> bool:
            frame = self.eyes.frame()
            if frame is None or not holds(frame):
                assert not self.eyes.ended, f"the drill ended as '{self.eyes.run.outcome if self.eyes.run else ''}' before: {what}"
                return False
            seen.append(frame)
            return True

        wait(what, check)
        return seen[-1]

    def insist(self, what: str, act: Callable[[], None], holds: Callable[[Frame], bool]) -> None:
        """Do something, again if hands were not free, until it has happened."""
        deadline = time.monotonic() + PATIENCE_S
        frame = self.eyes.frame()
        while frame is None or not holds(frame):
            assert time.monotonic() < deadline, f"tried in vain: {what}"
            assert not self.eyes.ended, f"the drill ended before: {what}"
            act()
            for _ in range(8):
                time.sleep(0.15)
                frame = self.eyes.frame()
                if frame is not None and holds(frame):
                    break

    # -- the drill ------------------------------------------------------------------------------------------------

    def set_clamp(self, name: str, *, closed: bool) -> None:
        """Click the clamp's site on the circuit."""
        self.insist(
            f"{name} {'closed' if closed else 'open'}",
            lambda: self.hands.click(*self._clamps[name]),
            lambda f: (f.controls[name] > 0.98) == closed,
        )

    def see(self, target: str) -> tuple[str, ...]:
        """Look at something and return what was found."""
        before = self.eyes.frame()
        since = before.tick if before else 0
        self.insist(f"look at {target}", lambda: self.choose("look", target), lambda f: target in f.found and f.found[target].tick > since)
        frame = self.eyes.frame()
        assert frame is not None
        return frame.found[target].seen

    def from_menu_to_drill(self) -> None:
        """Choose the case, give a code, read the briefing, start."""
        wait("the menu", lambda: self.hands.title() == "Drill")
        time.sleep(0.5)
        self.hands.key("Down", [one.ref for one in listed(pack_roots())].index(SCENARIO))
        self.hands.click(1000, 336)
        self.hands.type("T-17")
        self.hands.key("Return")
        wait("the briefing", lambda: self.hands.title().startswith(CASE))
        self.hands.key("Return")
        wait("the drill", lambda: self.eyes.frame() is not None)

    def first_minute(self) -> None:
        """Flow is gone: clamp, clamp, call, support, say."""
        self.until("flow lost", lambda f: f.shown["flow_l_min"] is None or f.shown["flow_l_min"] < 1.0)
        self.set_clamp("clamp_return", closed=True)
        self.hands.key("d")
        self.until("drainage clamped", lambda f: f.controls["clamp_drainage"] > 0.98)
        self.choose("say", "call_help")
        self.choose("order", "fio2_100")
        self.choose("say", "say_no_flow")

    def restore(self) -> None:
        """Look at what has stopped, and answer what is seen."""
        if "dark" in self.see("console"):
            self.see("pump_head")
            self.hands.key("z")
            assert "isolation_switch_off" in self.see("mains_and_switch")
            self.insist("isolation switch on", self._switch_on, lambda f: f.controls["isolation_switch"] > 0.5)
            self.see("line")
        else:
            self.see("pump_head")
            self._by_emergency_drive()
        self.back_on_a_drive()

    def _switch_on(self) -> None:
        """Open the switch's card and choose "on", after the look: nobody can see from the front which way it stands."""
        self.hands.key("i")
        self.hands.key("2")

    def _by_emergency_drive(self) -> None:
        self.insist(
            "head on the emergency drive",
            lambda: self.choose("do", "transfer_to_emergency_drive"),
            lambda f: f.drive in ("moving", "emergency_drive"),
        )
        self.until("head on the emergency drive", lambda f: f.drive == "emergency_drive")
        self.hands.key("d")
        self.until("drainage open", lambda f: f.controls["clamp_drainage"] < 0.02)
        self.hands.key("space", 6)  # a first few turns with one's own hands, then someone else's
        self.until("the crank turns", lambda f: (f.shown["crank_tach_rpm"] or 0) > 100)
        self.insist("own hands free", self._stop_cranking, lambda f: "crank_emergency_drive" not in f.running)
        self.insist("someone cranks", lambda: self.choose("order", "crank_emergency_drive"), lambda f: "crank_emergency_drive" in f.running)
        self.until("turning fast enough", lambda f: (f.shown["crank_tach_rpm"] or 0) > 2500)
        self.set_clamp("clamp_return", closed=False)
        wait("the intensivist", lambda: self.eyes.frame() is not None and self.eyes.here("intensivist"))
        self.insist(
            "backup console asked for",
            lambda: self.choose("order", "fetch_backup_console"),
            lambda f: "fetch_backup_console" in f.running or "fetch_backup_console" in f.done,
        )
        self.until("backup console here", lambda f: "fetch_backup_console" in f.done)
        self.hands.key("z")
        self.set_clamp("clamp_return", closed=True)
        self.set_clamp("clamp_drainage", closed=True)
        self.insist("crank stopped", self._stop_cranking, lambda f: "crank_emergency_drive" not in f.running)
        self.insist(
            "head on the backup console",
            lambda: self.choose("do", "transfer_to_backup_console"),
            lambda f: f.drive in ("moving", "backup_console"),
        )
        self.until("head on the backup console", lambda f: f.drive == "backup_console")

    def _stop_cranking(self) -> None:
        """Choose the running job in the list again: it is there to be stopped by whoever does it."""
        frame = self.eyes.frame()
        assert frame is not None
        mine = self.eyes.run is not None and [e for e in self.eyes.run.entries if e["k"] == "job" and e["task"] == "crank_emergency_drive"]
        self.choose("do" if mine and mine[-1]["who"] == "you" else "order", "crank_emergency_drive")

    def back_on_a_drive(self) -> None:
        """Spin up behind the closed return clamp, open it, and leave nothing undone."""
        self.until("the console is lit", lambda f: f.shown["pump_rpm"] is not None)
        self.set_clamp("clamp_drainage", closed=False)
        self.hands.key("Prior", 6)
        self.insist("speed set", lambda: self.hands.key("Prior"), lambda f: f.controls["pump_rpm_set"] >= 3000)
        self.until("rotor at speed", lambda f: (f.shown["pump_rpm"] or 0) > 2500)
        self.choose("say", "say_coming_on")
        self.set_clamp("clamp_return", closed=False)
        self.insist("speed set", lambda: self.hands.key("Prior"), lambda f: f.controls["pump_rpm_set"] >= 3500)
        self.until("flow is back", lambda f: (f.shown["flow_l_min"] or 0) > 2.5)
        self.see("sweep_flowmeter")
        self.see("oxygenator_colour")
        self.insist(
            "gas and ACT asked for",
            lambda: self.choose("order", "blood_gas_and_act"),
            lambda f: "blood_gas_and_act" in f.running or "blood_gas_and_act" in f.done,
        )
        self.until("gas and ACT sent", lambda f: "blood_gas_and_act" in f.done)
        self.insist("summary", lambda: self.choose("say", "say_summary"), lambda f: "say_summary" in f.said)

    def to_debrief_and_out(self) -> None:
        """Wait for the end, read the debrief, go back to the menu and leave."""
        wait("the end", lambda: self.eyes.frame() is not None and self.eyes.ended)
        for _ in range(5):  # a key that is pressed while the report is made would act on the debrief itself
            self.hands.key("Return")
            asked = time.monotonic()
            while "debrief" not in self.hands.title() and time.monotonic() < asked + 20.0:
                time.sleep(0.2)
            if "debrief" in self.hands.title():
                break
        wait("the debrief", lambda: "debrief" in self.hands.title())
        self.hands.key("Next", 3)
        self.hands.key("Escape")
        wait("the menu again", lambda: self.hands.title() == "Drill")
        self.hands.key("Escape")

    def play(self) -> None:
        """Play it all."""
        self.from_menu_to_drill()
        self.first_minute()
        self.restore()
        self.to_debrief_and_out()


# -- hands on a window of a virtual display -----------------------------------------------------------------------


class XHands:
    """Moves the pointer and presses keys of an X display with xdotool."""

    def __init__(self, display: str) -> None:
        self._environment = {**os.environ, "DISPLAY": display}
        self._window = ""

    def _run(self, *arguments: str) -> str:
        done = subprocess.run(["xdotool", *arguments], env=self._environment, capture_output=True, text=True, timeout=20, check=False)
        return done.stdout.strip()

    def title(self) -> str:
        """Return the window's name; find the window first, and give it the keyboard as a window manager would."""
        if not self._window:
            # Searching by name finds nothing without a window manager; asking each window for its name does.
            windows = self._run("search", "--onlyvisible", "--class", "").splitlines()
            self._window = next((w for w in windows if self._run("getwindowname", w)), "")
            if self._window:
                self._run("windowfocus", self._window)
        return self._run("getwindowname", self._window) if self._window else ""

    def key(self, name: str, times: int = 1) -> None:
        """Press a key, with a human rhythm where it is pressed more than once."""
        self._run("key", "--repeat", str(times), "--delay", "180", name)

    def type(self, text: str) -> None:
        """Type a text."""
        self._run("type", "--delay", "40", text)

    def click(self, x: float, y: float) -> None:
        """Click at a logical point, wherever the window stands and however large it is."""
        geometry = dict(line.split("=") for line in self._run("getwindowgeometry", "--shell", self._window).splitlines())
        px, py = Canvas(load_theme(), (int(geometry["WIDTH"]), int(geometry["HEIGHT"]))).at((x, y))
        self._run("mousemove", str(int(geometry["X"]) + px), str(int(geometry["Y"]) + py), "sleep", "0.05", "click", "1")


@contextmanager
def virtual_display() -> Iterator[str]:
    """Start an X server of our own on a free display and end it afterwards."""
    read, write = os.pipe()
    # without -noreset the server starts anew whenever its last client leaves, and turns away who knocks meanwhile
    command = ["Xvfb", "-displayfd", str(write), "-screen", "0", f"{WINDOW[0]}x{WINDOW[1]}x24", "-nolisten", "tcp", "-noreset"]
    server = subprocess.Popen(command, pass_fds=(write,), stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    os.close(write)
    try:
        with os.fdopen(read) as answer:
            number = answer.readline().strip()
        assert number, "Xvfb did not start"
        yield f":{number}"
    finally:
        server.terminate()
        server.wait(timeout=20)


def start(cause: str) -> str:
    """Return the program that opens the real menu, its next run's seed and hidden cause fixed."""
    return f"from drill.ui.app import run_app; raise SystemExit(run_app(seed=11, cause={cause!r}))"


def play_under_x(cause: str, home: Path, loaded: Loaded) -> Eyes:
    """Start the program on a virtual display and play it with xdotool."""
    with virtual_display() as display:
        environment = {**os.environ, "DISPLAY": display, "SDL_VIDEODRIVER": "x11", "DRILL_SPEED": str(SPEED), "DRILL_HOME": str(home)}
        said = home / "stderr.txt"
        with said.open("w") as errors:
            program = subprocess.Popen([sys.executable, "-c", start(cause)], env=environment, stderr=errors)
        eyes = Eyes(home)
        try:
            Player(XHands(display), eyes, loaded).play()
            assert program.wait(timeout=20) == 0
        except AssertionError as error:
            error.add_note(f"the program said: {said.read_text()[-3000:] or 'nothing'}; the log ends with\n{eyes.tail()}")
            raise
        finally:
            if program.poll() is None:
                program.kill()
                program.wait(timeout=20)
    assert "Traceback" not in said.read_text()
    return eyes


# -- hands without a display --------------------------------------------------------------------------------------


class PostedHands:
    """Posts the events of keys and clicks into SDL's queue, for a machine without Xvfb."""

    NAMES: ClassVar = {
        "Return": (pygame.K_RETURN, pygame.KSCAN_RETURN),
        "Escape": (pygame.K_ESCAPE, pygame.KSCAN_ESCAPE),
        "Down": (pygame.K_DOWN, pygame.KSCAN_DOWN),
        "Prior": (pygame.K_PAGEUP, pygame.KSCAN_PAGEUP),
        "Next": (pygame.K_PAGEDOWN, pygame.KSCAN_PAGEDOWN),
        "space": (pygame.K_SPACE, pygame.KSCAN_SPACE),
        **{str(n): (pygame.K_0 + n, pygame.KSCAN_1 + n - 1 if n else pygame.KSCAN_0) for n in range(10)},
        **{chr(c): (c, pygame.KSCAN_A + c - ord("a")) for c in range(ord("a"), ord("z") + 1)},
    }

    def key(self, name: str, times: int = 1) -> None:
        """Press and release a key."""
        code, scancode = self.NAMES[name]
        for _ in range(times):
            for kind in (pygame.KEYDOWN, pygame.KEYUP):
                pygame.event.post(pygame.Event(kind, key=code, scancode=scancode, mod=0, unicode=""))
            time.sleep(0.18)

    def type(self, text: str) -> None:
        """Type a text."""
        pygame.event.post(pygame.Event(pygame.TEXTINPUT, text=text))
        time.sleep(0.1)

    def click(self, x: float, y: float) -> None:
        """Click at a logical point."""
        at = Canvas(load_theme(), pygame.display.get_window_size()).at((x, y))
        for kind in (pygame.MOUSEBUTTONDOWN, pygame.MOUSEBUTTONUP):
            pygame.event.post(pygame.Event(kind, button=1, pos=at))

    def title(self) -> str:
        """Return the window's caption."""
        return pygame.display.get_caption()[0] if pygame.display.get_init() and pygame.display.get_surface() else ""


def play_without_display(cause: str, home: Path, loaded: Loaded) -> Eyes:
    """Run the program in this thread and the script in another."""
    from drill.ui.app import run_app

    eyes, wrong = Eyes(home), list[BaseException]()

    def script() -> None:
        try:
            Player(PostedHands(), eyes, loaded).play()
        except BaseException as error:  # noqa: BLE001 - raised again below, in the test's own thread
            wrong.append(error)
            pygame.event.post(pygame.Event(pygame.QUIT))

    thread = threading.Thread(target=script)
    thread.start()
    run_app(seed=11, cause=cause, speed=SPEED)
    thread.join()
    if wrong:
        raise wrong[0]
    return eyes


HAVE_X = all(shutil.which(name) for name in ("Xvfb", "xdotool")) and sys.platform.startswith("linux")


@pytest.mark.slow
@pytest.mark.parametrize("cause", ["motor_fault", "no_power"])
def test_hands_secure_the_patient_from_the_menu(cause: str, drill_home: Path) -> None:
    """Menu, briefing, drill, debrief and back, by mouse and keys alone: the patient is secured and the run is on disk."""
    loaded = load_scenario(SCENARIO, roots=pack_roots())

    eyes = (play_under_x if HAVE_X else play_without_display)(cause, drill_home, loaded)

    run = eyes.run
    assert run is not None
    assert run.outcome == "secured"
    (kept,) = (drill_home / "runs").iterdir()
    closed = open_run(kept)
    assert closed.finished
    assert closed.header["about"]["trainee"] == "T-17"
    assert closed.header["mode"] == "practice"
    assert (drill_home / "reports" / (kept.name.removesuffix(".drill.gz") + ".html")).exists()
    assert "va_ecmo_late_shift" in kept.name
    assert "motor" not in kept.name
