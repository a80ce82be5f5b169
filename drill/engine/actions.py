"""What anyone can do in a drill, as inert data: the only thing that goes into a running session."""

from dataclasses import dataclass
from typing import Final, Literal, get_args

from drill.circuit.controls import CLAMPS
from drill.errors import NameUnknownError

Verb = Literal["set", "do", "stop", "say", "look", "ack", "order", "instructor"]
VERBS: Final[tuple[Verb, ...]] = get_args(Verb)
YOU: Final = "you"
ACK_ALL: Final = "all"
ACK_AUDIO_PAUSE: Final = "audio_pause"
INSTRUCTOR_END: Final = "end"


@dataclass(frozen=True, slots=True, kw_only=True)
class Action:
    """One act of one person; the session stamps `tick` and `seq` (its number in the run) when it is submitted.

    set CONTROL to `value` · do TASK oneself · order TASK (`who` does it; "you" leaves the choice open) ·
    stop TASK · say SAYING · look at LOOK · ack "all" or "audio_pause" · instructor "end", an event of the scenario or a fault.
    """

    verb: Verb
    target: str
    value: float | None = None
    who: str = YOU
    tick: int = 0
    seq: int = 0


def clamp(site: str, who: str = YOU) -> Action:
    """Return the action that closes the clamp at `site` ("return" or "clamp_return")."""
    return Action(verb="set", target=_clamp_name(site), value=1.0, who=who)


def unclamp(site: str, who: str = YOU) -> Action:
    """Return the action that opens the clamp at `site` ("return" or "clamp_return")."""
    return Action(verb="set", target=_clamp_name(site), value=0.0, who=who)


def _clamp_name(site: str) -> str:
    """Return the control's name; NameUnknownError where there is no such clamp."""
    name = site if site.startswith("clamp_") else f"clamp_{site}"
    if name not in CLAMPS:
        raise NameUnknownError("clamp", site, [c.removeprefix("clamp_") for c in CLAMPS])
    return name
