"""A circuit and a patient as frozen data: what a pack's base entries become, and what the compiler reads.

Names become indices once, at build. Pressures in the kernel are all at heart level, so heights matter
only where blood meets gas.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True)
class PartSpec:
    """One edge of the graph: a tube, cannula, pump or oxygenator between two nodes.

    `params` holds the device's numbers by name, unit in the name. `clamps` names controls that pinch it, `taps` controls
    that open it. `drive` is the control that turns a further pump head; the circuit's main pump (site `pump`) has none.
    `instead_of` names the part whose place it takes when it is joined: until then it lies by, dry. `off_by` names that one of its
    clamps which, shut, stands for the part taken off its line. `way_round` names the clamps of a way that goes round this part:
    while they are open, a clamp on this one does not stop the flow.
    """

    id: str
    kind: str
    inlet: str
    outlet: str
    params: Mapping[str, float]
    clamps: tuple[str, ...] = ()
    taps: tuple[str, ...] = ()
    drive: str = ""
    instead_of: str = ""
    off_by: str = ""
    way_round: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class SensorSpec:
    """Where a shown reading is taken and how its sensor behaves (lag in s, zero in the reading's unit)."""

    reading: str
    lag_s: float = 0.0
    zero: float = 0.0


@dataclass(frozen=True, slots=True)
class InterlockSpec:
    """One interlock that a machine has: whether it is delivered armed, and its own limit (None = the control's default)."""

    id: str
    armed: bool = True
    limit: float | None = None


@dataclass(frozen=True, slots=True)
class CircuitSpec:
    """A machine: parts, where its readings are taken, its drives, alarm limits, and its drawing.

    `sites` maps names of readings' places (`p_ven`, `p_pre`, `p_post`, `flow`, `svo2`) to a node or part.
    `drawing` is for the panel alone; the kernel never reads it.
    """

    id: str
    title: str
    kind: str
    parts: tuple[PartSpec, ...]
    heights_cm: Mapping[str, float]
    sites: Mapping[str, str]
    sensors: tuple[SensorSpec, ...]
    drives: Mapping[str, float]
    alarms: tuple[Mapping[str, object], ...] = ()
    interlocks: tuple[InterlockSpec, ...] = ()
    drawing: Mapping[str, object] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Resting:
    """A patient's resting state: the machine and settings under which it holds, and in which range each true reading stays.

    `circuit` is a stock circuit, by reference.
    """

    circuit: str
    controls: Mapping[str, float]
    ranges: Mapping[str, tuple[float, float]]
    source: str


@dataclass(frozen=True, slots=True)
class PatientSpec:
    """A patient: parameters of circulation, lungs, tissue and heart, by name with unit.

    `size` is the body against an adult of 75 kg: what is not given is the adult's number, volumes and oxygen use times this,
    resistances divided by it.
    """

    id: str
    title: str
    params: Mapping[str, float]
    size: float = 1.0
    resting: Resting | None = None
