"""Robots by name, and the loop that lets one play a session to its end."""

from collections.abc import Mapping

from drill.errors import NameUnknownError
from drill.robots.play import PlayRobot
from drill.robots.simple import Idle, Masher, Random, Reflex
from drill.robots.view import Robot, Running, blindfold
from drill.scenarios.schema import Play
from drill.units import FRAME_TICKS

SLOW = 3.0  # contracts: "slow" is the expert with waits times three
ROBOTS: dict[str, str] = {
    "idle": "watches and does nothing",
    "expert": "the pack's own play, right for every cause",
    "slow": "the expert with every wait three times as long",
    "reflex": "clamps and cranks at any alarm",
    "masher": "presses every call and look",
    "random": "does something allowed every 2 to 6 s, by the seed",
}


def make_robot(name: str, plays: Mapping[str, Play], seed: int) -> Robot:
    """Return a new robot: one of ROBOTS, or the id of a play of the pack (its error plays, for instance).

    `plays` are resolved, as a loaded scenario has them. Raises NameUnknownError with the names that exist.
    """
    match name:
        case "idle":
            return Idle()
        case "reflex":
            return Reflex()
        case "masher":
            return Masher()
        case "random":
            return Random(seed)
        case "slow" if "expert" in plays:
            return PlayRobot(plays["expert"].rules, pace=SLOW)
        case _ if name in plays:
            return PlayRobot(plays[name].rules)
        case _:
            raise NameUnknownError("robot", name, {*ROBOTS, *plays})


def play(session: Running, robot: Robot, until_tick: int | None = None) -> None:
    """Let the robot play the session, as fast as it goes, to its end or up to a tick."""
    tick = session.frame.tick
    while not session.ended and tick != until_tick:
        if tick % FRAME_TICKS == 0:
            for action in robot.decide(blindfold(session.frame), session):
                session.submit(action)
        session.tick()
        tick += 1
