"""Jobs, looks and call-outs: whatever people try, hands are counted right and every job ends."""

from functools import cache
from pathlib import Path
from typing import Any

import pytest
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule

from drill.circuit.plant import Plant
from drill.engine.entries import Entry
from drill.engine.frame import FrameBuilder, frame_entry
from drill.engine.jobs import Jobs
from drill.engine.team import HANDS, Team
from drill.engine.world import MOVING, World
from drill.scenarios.load import Loaded, load_scenario
from drill.units import FRAME_TICKS, ticks

ROOT = Path(__file__).resolve().parents[2]
PEOPLE = ("you", "nurse", "intensivist")


@cache
def shipped() -> Loaded:
    """The shipped scenario, whose jobs are tried out."""
    return load_scenario("pump_head_failure/va_flow_lost", roots=[ROOT / "scenario_packs"])


class Bedside:
    """Team, jobs and machine without a story; time passes for people alone, so that many tries are quick."""

    def __init__(self, frame_ticks: int = FRAME_TICKS) -> None:
        """Everyone stands ready at tick 0; a frame is taken every so many ticks."""
        self._frame_ticks = frame_ticks
        loaded = shipped()
        self.tick = 0
        self.entries: list[Entry] = []
        self._frames = FrameBuilder()
        self.world = World(Plant(loaded.circuit, loaded.patient), self._emit)
        self.team = Team(loaded.scenario.team, self._emit)
        self._write_frame()
        assert self._frames.last
        self.jobs = Jobs(loaded.tasks, self.team, self.world, self._emit, self._frames.last)

    def wait(self, count: int) -> None:
        """Let so many ticks pass."""
        for _ in range(count):
            self.tick += 1
            self.jobs.advance(self.tick)
            if self.tick % self._frame_ticks == 0:
                self._write_frame()
                assert self._frames.last
                self.jobs.feed(self._frames.last)

    def wait_s(self, seconds: float) -> None:
        """Let so many seconds pass."""
        self.wait(ticks(seconds))

    def of_kind(self, kind: str) -> list[dict[str, Any]]:
        """The entries of one kind, without tick 0."""
        return [entry for entry in self.entries if entry["k"] == kind and entry["t"] > 0]

    def _write_frame(self) -> None:
        self.world.watch(self.tick)
        self._emit(frame_entry(self.tick, self.world.plant.numbers(), self.world.plant.blank()))

    def _emit(self, entry: Entry) -> None:
        self.entries.append(entry)
        self._frames.feed(entry)


class Hands(RuleBasedStateMachine):
    """Anybody tries anything at any time."""

    @initialize()
    def begin(self) -> None:
        """Stand ready."""
        self.bedside = Bedside(frame_ticks=50)  # rarer frames: more tries in the time

    @rule(who=st.sampled_from(PEOPLE), task=st.sampled_from([task.id for task in shipped().tasks.tasks]))
    def start(self, who: str, task: str) -> None:
        """A job is begun by whoever, or refused with a reason."""
        before = len(self.bedside.entries)
        reason = self.bedside.jobs.start(self.bedside.tick, who, task)

        assert (reason != "") == (len(self.bedside.entries) == before)

    @rule(who=st.sampled_from(PEOPLE), task=st.sampled_from([task.id for task in shipped().tasks.tasks]))
    def order(self, who: str, task: str) -> None:
        """A job is given to a named person, or to whoever can."""
        self.bedside.jobs.order(self.bedside.tick, who, task)

    @rule(task=st.sampled_from([task.id for task in shipped().tasks.tasks]))
    def stop(self, task: str) -> None:
        """A job is broken off."""
        self.bedside.jobs.stop(self.bedside.tick, task)

    @rule(who=st.sampled_from(PEOPLE), look=st.sampled_from([look.id for look in shipped().tasks.looks]))
    def look(self, who: str, look: str) -> None:
        """Somebody looks."""
        self.bedside.jobs.look(self.bedside.tick, who, look)

    @rule(saying=st.sampled_from([saying.id for saying in shipped().tasks.sayings]))
    def say(self, saying: str) -> None:
        """The trainee calls something out."""
        self.bedside.jobs.say(self.bedside.tick, "you", saying)

    @rule(count=st.integers(1, 700))
    def wait(self, count: int) -> None:
        """Time passes."""
        self.bedside.wait(count)

    @invariant()
    def hands_are_counted_right(self) -> None:
        """Nobody has fewer than no hands or more than two, and each hand is in one job."""
        for member in self.bedside.team:
            taken = sum(job.task.hands for job in self.bedside.jobs.running if job.who == member.id)
            assert member.hands_free == HANDS - taken
            assert 0 <= member.hands_free <= HANDS

    @invariant()
    def only_those_who_are_here_work(self) -> None:
        """A job's doer is at the bedside and one of those who may do it."""
        for job in self.bedside.jobs.running:
            assert self.bedside.team[job.who].here
            assert job.who in job.task.by

    @invariant()
    def the_head_is_in_hands_while_it_is_moved(self) -> None:
        """The pump head is off its drive exactly while somebody moves it."""
        moved = any(effect.head for job in self.bedside.jobs.running for effect in job.task.effects)
        assert (self.bedside.world.drive == MOVING) == moved

    @invariant()
    def nothing_is_late(self) -> None:
        """No job runs past its time."""
        for job in self.bedside.jobs.running:
            assert job.end_tick is None or job.end_tick > self.bedside.tick

    def teardown(self) -> None:
        """Every job ends: timed ones by themselves, the others with the drill; then all hands are free."""
        self.bedside.wait(ticks(max(task.seconds or 0.0 for task in shipped().tasks.tasks)))
        assert all(job.end_tick is None for job in self.bedside.jobs.running)
        self.bedside.jobs.close(self.bedside.tick)
        assert all(member.hands_free == HANDS for member in self.bedside.team)
        states = [entry["state"] for entry in self.bedside.of_kind("job")] + [
            entry["state"] for entry in self.bedside.entries if entry["k"] == "job" and entry["t"] == 0
        ]
        assert states.count("start") == states.count("done") + states.count("stopped")


Hands.TestCase.settings = settings(max_examples=30, stateful_step_count=25, deadline=None)
TestHands = pytest.mark.slow(Hands.TestCase)


def test_a_job_takes_its_time_and_hands() -> None:
    """Moving the head takes both hands for 5 s; the head is off its drive meanwhile and on the new one after."""
    bedside = Bedside()
    assert bedside.jobs.start(0, "you", "transfer_to_emergency_drive") == ""
    bedside.wait(ticks(5) - 1)

    assert (bedside.team["you"].hands_free, bedside.world.drive) == (0, "moving")

    bedside.wait(1)

    assert (bedside.team["you"].hands_free, bedside.world.drive) == (2, "emergency_drive")
    assert [entry["t"] for entry in bedside.of_kind("job")] == [ticks(5)]


def test_an_open_ended_job_acts_from_its_start_to_its_stop() -> None:
    """Compressions are on while someone does them, and off when told to stop."""
    bedside = Bedside()
    bedside.jobs.order(0, "nurse", "compressions")
    during = bedside.world.controls["compressions"]
    bedside.wait_s(60)
    bedside.jobs.stop(bedside.tick, "compressions")

    assert (during, bedside.world.controls["compressions"]) == (1, 0)


def test_an_open_ended_job_can_be_taken_over() -> None:
    """Ordering the cranking to the nurse frees the trainee's hands without a pause in between."""
    bedside = Bedside()
    bedside.jobs.start(0, "you", "transfer_to_emergency_drive")
    bedside.wait_s(5)
    bedside.jobs.start(bedside.tick, "you", "crank_emergency_drive")
    bedside.wait_s(1)

    assert bedside.jobs.order(bedside.tick, "you", "crank_emergency_drive") == ""
    assert [(job.task.id, job.who) for job in bedside.jobs.running] == [("crank_emergency_drive", "nurse")]
    assert bedside.team["you"].hands_free == 2
    assert bedside.world.controls["crank_rpm"] == 80


def test_cranking_ends_when_the_head_is_taken_off_the_drive() -> None:
    """An open-ended job that has lost what it needs stops by itself."""
    bedside = Bedside()
    bedside.jobs.start(0, "you", "transfer_to_emergency_drive")
    bedside.wait_s(5)
    bedside.jobs.order(bedside.tick, "nurse", "crank_emergency_drive")
    bedside.jobs.start(bedside.tick, "you", "transfer_to_console")
    bedside.wait(5)

    assert [job.task.id for job in bedside.jobs.running] == ["transfer_to_console"]
    assert bedside.world.controls["crank_rpm"] == 0
    assert bedside.team["nurse"].hands_free == 2


def test_a_called_person_comes_after_their_time() -> None:
    """The intensivist is here 40 s after the call, and a second call does not make it longer."""
    bedside = Bedside()
    assert bedside.jobs.look(0, "intensivist", "patient") == "the intensivist is not here"
    bedside.jobs.say(0, "you", "call_help")
    bedside.wait_s(20)
    bedside.jobs.say(bedside.tick, "you", "call_help")
    assert bedside.jobs.look(bedside.tick, "intensivist", "patient") == "the intensivist is on the way"
    bedside.wait_s(20)

    assert bedside.jobs.look(bedside.tick, "intensivist", "patient") == ""


def test_an_order_goes_to_the_first_who_can() -> None:
    """With the nurse busy, the intensivist gets the job; with both busy, it is refused and says who is busy."""
    bedside = Bedside()
    bedside.jobs.say(0, "you", "call_help")
    bedside.wait_s(40)
    bedside.jobs.order(bedside.tick, "you", "fetch_backup_console")
    bedside.jobs.order(bedside.tick, "you", "compressions")

    assert [(job.task.id, job.who) for job in bedside.jobs.running] == [("fetch_backup_console", "nurse"), ("compressions", "intensivist")]
    assert (
        bedside.jobs.order(bedside.tick, "you", "pressor_bolus") == "the bedside nurse has no hands free; the intensivist has no hands free"
    )


def test_what_is_needed_is_asked_for() -> None:
    """No cranking without the head on the drive: refused with the pack's own words, and nothing begins."""
    bedside = Bedside()

    assert bedside.jobs.start(0, "you", "crank_emergency_drive") == "the pump head is not on the emergency drive"
    assert list(bedside.jobs.running) == []


def test_a_job_that_can_be_done_once_is_done_once() -> None:
    """The backup console is fetched once."""
    bedside = Bedside()
    bedside.jobs.order(0, "nurse", "fetch_backup_console")
    bedside.wait_s(60)

    assert bedside.jobs.order(bedside.tick, "nurse", "fetch_backup_console") == "already done"


def test_a_look_takes_its_seconds_and_then_tells() -> None:
    """Three seconds at the pump head, both hands free, one look at a time; then the findings are written."""
    bedside = Bedside()
    bedside.jobs.look(0, "you", "pump_head")
    assert bedside.jobs.look(0, "you", "patient") == "you are looking: Pump head"
    bedside.wait(ticks(3) - 1)
    assert bedside.of_kind("look") == []
    bedside.wait(1)

    assert [(entry["t"], entry["target"], entry["who"]) for entry in bedside.of_kind("look")] == [(ticks(3), "pump_head", "you")]
    assert bedside.of_kind("look")[0]["findings"]


def test_a_call_out_counts_only_when_it_is_so() -> None:
    """The call that the circuit is clamped is false with open clamps and true in the same moment as they close."""
    bedside = Bedside()
    bedside.jobs.say(0, "you", "say_clamped")
    bedside.wait(5)
    bedside.world.set(5, "clamp_return", 1.0, "you")
    bedside.world.set(5, "clamp_drainage", 1.0, "you")
    bedside.jobs.say(5, "you", "say_clamped")
    bedside.wait(5)

    assert [entry["true"] for entry in bedside.of_kind("say")] == [False, True]


def test_the_line_is_clear_only_after_a_look_in_the_last_ten_seconds() -> None:
    """A call-out that rests on a look goes stale."""
    bedside = Bedside()
    bedside.jobs.look(0, "you", "line")
    bedside.wait_s(5)
    bedside.jobs.say(bedside.tick, "you", "say_line_clear")
    bedside.wait_s(10)
    bedside.jobs.say(bedside.tick, "you", "say_line_clear")
    bedside.wait_s(1)

    assert [entry["true"] for entry in bedside.of_kind("say")] == [True, False]


def test_a_head_in_the_hands_has_to_be_put_down() -> None:
    """A transfer that has begun is not broken off."""
    bedside = Bedside()
    bedside.jobs.start(0, "you", "transfer_to_emergency_drive")

    assert bedside.jobs.stop(1, "transfer_to_emergency_drive") == "the pump head is in the hands: it has to be put down first"


def test_a_control_takes_a_free_hand() -> None:
    """No clamp while both hands are on the crank; the crank itself is turned by who cranks, and by nobody else."""
    bedside = Bedside()
    assert bedside.jobs.handle("you", "crank_rpm") == "first: Crank the emergency drive"
    bedside.jobs.start(0, "you", "transfer_to_emergency_drive")
    bedside.wait_s(5)
    bedside.jobs.start(bedside.tick, "you", "crank_emergency_drive")

    assert bedside.jobs.handle("you", "clamp_return") == "you have no hand free"
    assert bedside.jobs.handle("you", "crank_rpm") == ""
    assert bedside.jobs.handle("nurse", "crank_rpm") == "first: Crank the emergency drive"
    assert bedside.jobs.handle("nurse", "clamp_return") == ""
