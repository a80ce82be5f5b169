"""Robots by name, and the loop that lets one play a session to its end."""

from collections.abc import Iterable

from drill.errors import NameUnknownError
from drill.robots.play import PlayRobot, resolve
from drill.robots.simple import Idle, Masher, Random, Reflex
from drill.robots.view import Robot, Running, blindfold
from drill.scenarios.schema import Play

SLOW = 3.0  # contracts: "slow" is the expert with waits times three
ROBOTS: dict[str, str] = {
    "idle": "watches and does nothing",
    "expert": "the pack's own play, right for every cause",
    "slow": "the expert with every wait three times as long",
    "reflex": "clamps and cranks at any alarm",
    "masher": "presses every call and look",
    "random": "does something allowed every 2 to 6 s, by the seed",
}


def make_robot(name: str, plays: Iterable[Play], seed: int) -> Robot:
    """Return a new robot: one of ROBOTS, or the id of a play of the pack (its error plays, for instance).

    Raises NameUnknownError with the names that exist.
    """
    by_id = {play.id: play for play in plays}
    match name:
        case "idle":
            return Idle()
        case "reflex":
            return Reflex()
        case "masher":
            return Masher()
        case "random":
            return Random(seed)
        case "slow" if "expert" in by_id:
            return PlayRobot(resolve(by_id["expert"], by_id.values()), pace=SLOW)
        case _ if name in by_id:
            return PlayRobot(resolve(by_id[name], by_id.values()))
        case _:
            raise NameUnknownError("robot", name, {*ROBOTS, *by_id})


def play(session: Running, robot: Robot, until_tick: int | None = None) -> None:
    """Let the robot play the session, as fast as it goes, to its end or up to a tick."""
    seen = -1
    while not session.ended:
        session.tick()
        frame = session.frame
        if frame is None or frame.tick == seen:
            continue
        seen = frame.tick
        if until_tick is not None and seen >= until_tick:
            return
        for action in robot.decide(blindfold(frame), session):
            session.submit(action)
