"""What every kind of device says about itself: its numbers, the edge that it builds, and what it does once a tick."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import NamedTuple

from drill.circuit import laws
from drill.circuit.laws import Drop
from drill.circuit.network import EdgeModel, NodeModel
from drill.circuit.slots import Scope, Slots
from drill.circuit.spec import PartSpec
from drill.circuit.trace import Num

CELL_ML = 12.0  # contracts: about 12 mL a cell, 2 to 16 cells

Law = Callable[[Scope, Num], tuple[Num, Drop]]


class Param(NamedTuple):
    """One number of a device: above zero, or zero where `zero` says so, or on either side of it where `signed` does.

    `source` names where usual values are from, or says "tunable".
    """

    name: str
    unit: str
    meaning: str
    source: str
    zero: bool = False
    signed: bool = False

    def why_not(self, value: float) -> str:
        """Return what is wrong with a value, "" if it can be."""
        if value > 0.0 or (self.zero and value == 0.0) or (self.signed and value < 0.0):
            return ""
        if self.signed:
            return f"{self.name} cannot be {value:g}: it is above or below 0 ({self.unit})"
        return f"{self.name} cannot be {value:g}: it is {'0 or ' if self.zero else ''}above 0 ({self.unit})"


@dataclass(frozen=True, slots=True)
class Exchange:
    """Where an edge changes what enters it: `change(part's scope, entering, flow_ml_s) -> new value of one species`."""

    port: str
    species: str
    change: Callable[[Scope, Mapping[str, Num], Num], Num]


def nothing(part: PartSpec, x: Scope, viscosity_cp: Num) -> None:
    """Do nothing once a tick."""
    del part, x, viscosity_cp


def no_exchange(part: PartSpec) -> tuple[Exchange, ...]:
    """Change nothing in the blood."""
    del part
    return ()


def stiff(part: PartSpec) -> float:
    """Return the compliance of a rigid device's connectors, mL/mmHg (tunable)."""
    del part
    return 0.04


@dataclass(frozen=True, slots=True)
class Component:
    """One kind of device. `worked` names the tests that hold its worked answers, `laws` the functions with its equations.

    `build(slots, part, inlet, outlet)` makes its slots and its edge; `refresh(part, scope, viscosity)` acts once a tick
    after the blood has moved; `exchanges(part)` says what it changes in blood that enters it;
    `node(slots, part)` makes its inlet node where that is a vessel. `wear` names the slots that a fresh one has as built.
    `fills(part)` says what it and that vessel hold at the start, where that is not blood. `shaft` says that something turns it.
    """

    kind: str
    title: str
    params: tuple[Param, ...]
    build: Callable[[Slots, PartSpec, str, str], EdgeModel]
    worked: str
    laws: tuple[Callable[..., object], ...] = ()
    refresh: Callable[[PartSpec, Scope, Num], None] = nothing
    exchanges: Callable[[PartSpec], tuple[Exchange, ...]] = no_exchange
    node: Callable[[Slots, PartSpec], NodeModel] | None = None
    compliance_ml_mmhg: Callable[[PartSpec], float] = stiff
    wear: tuple[str, ...] = ()
    fills: Callable[[PartSpec], Mapping[str, float]] | None = None
    shaft: bool = False


def cells(volume_ml: float) -> tuple[int, float]:
    """Return (number, mL each): 2 to 16 cells of about 12 mL."""
    count = min(16, max(2, round(volume_ml / CELL_ML)))
    return count, volume_ml / count


def edge(part: PartSpec, inlet: str, outlet: str, law: Law, volume_ml: float, inertance: float) -> EdgeModel:
    """Return the edge of a part with its blood, pinched by its clamps and kinks, shut where it is cut out. Inertance in mmHg s2/mL."""

    def pinched(x: Scope, q: Num) -> tuple[Num, Drop]:
        head, drop = law(x, q)
        return head, laws.add(drop, laws.linear(q, x[f"pinch:{part.id}"]))

    def gate(x: Scope) -> Num:
        return x[f"whole:{part.id}"]

    count, each = cells(volume_ml)
    return EdgeModel(part.id, inlet, outlet, pinched, inertance=inertance, cells=count, cell_ml=each, gate=gate)
