"""What a fault is: its parameters, and what it changes in the physics.

A fault never sets a reading: it changes a device, and the readings follow. A change writes one number: a control that
somebody or something moves, or a slot of the model; `{part}` stands for the part that the fault sits in, `{inlet}` and
`{outlet}` for its two nodes.
"""

from typing import NamedTuple


class Parameter(NamedTuple):
    """One number of a fault, with its unit and range."""

    name: str
    unit: str
    low: float
    high: float
    default: float


class Change(NamedTuple):
    """One number that a fault writes: `to` is the number, or the name of one of the fault's parameters."""

    where: str  # "control:<name>" or the name of a slot
    to: float | str


class Fault(NamedTuple):
    """One kind of fault. `site` is the circuit's site whose part it sits in, unless the scenario names a part.

    A fault of a sensor sits in a reading: `site` is the usual one, and a scenario names any other that is displayed.
    `by_hand` says that a hand at the bedside can undo it (effect `clear`).
    """

    name: str
    site: str
    parameters: tuple[Parameter, ...]
    changes: tuple[Change, ...]
    meaning: str
    by_hand: bool = False
