"""What a run's entries look like: the words that the session writes and that frames, scores and replays read.

Every entry is a flat dict with `t` (tick) and `k` (kind). One kind is a cause, `action` (and `pause`, which is not
a tick of the drill); all the others are derived: a replay writes them again and they must be the same.

    action      seq, who, verb, target, value       cause: what someone did; refused ones too
    refused     seq, reason                         the action with that seq did nothing
    stage       from, to                            a stage began ("" before the first)
    first_sign                                      the rubric's first perceivable sign was there
    fault       name, at, part                      a fault was injected; acts on the next tick (hidden); part if it was named
    broken      id                                  a property that must hold did not (hidden)
    job         task, who, state                    state: start | done | stopped
    person      who, state, in_s                    state: called | here
    drive       at                                  the pump head: console | emergency_drive | backup_console | spare_head | moving
    look        target, who, findings               what was seen, at the end of the look; findings is a list
    say         id, who, true                       a call-out, and whether it was so
    alarm       id, state, priority, text           state: on | off | ack | pause (id "" = all)
    control     name, value, who                    a control stands at a new value ("" = the machine or a fault did it)
    note        text                                a line for the log
    frame       true, shown                         every fifth tick: integers in units of the resolution,
                                                    in the order of READINGS and of SHOWN; None = blank
    check       sha                                 every second: SHA-256 of the plant's whole state
    snapshot    state                               every 30 s: the plant's saved state
    pause       on                                  cause: paused or resumed
    end         outcome                             the run is over

At tick 0, before anything else, a `control` entry is written for every control, a `drive` entry, and a
`person` entry for everyone who is here, so that a reader needs no other source.
"""

from collections.abc import Callable, Mapping
from typing import Any, Final, Protocol

Entry = dict[str, Any]
Emit = Callable[[Entry], None]


class RunSink(Protocol):
    """Where a session writes its run as it happens: the header once, then every entry in order."""

    def header(self, header: Mapping[str, Any]) -> object:
        """Take the header, before anything else."""

    def entry(self, entry: Entry) -> object:
        """Take one entry."""


CAUSES: Final = ("action", "pause")
KINDS: Final = (
    "action", "refused", "stage", "first_sign", "fault", "broken", "job", "person", "drive", "look", "say", "alarm", "control",
    "note", "frame", "check", "snapshot", "pause", "end",
)  # fmt: skip
CHECK_TICKS: Final = 50
SNAPSHOT_TICKS: Final = 1500
