"""A cannula by its M-number; one that drains a vein can suck its wall against the holes."""

from drill.circuit import laws
from drill.circuit.components.base import Component, Param, edge
from drill.circuit.lag import toward
from drill.circuit.laws import Drop
from drill.circuit.network import EdgeModel
from drill.circuit.slots import Scope, Slots
from drill.circuit.spec import PartSpec
from drill.circuit.trace import Num, between, select

VEINS = frozenset({"vc", "ra", "lv"})  # whose wall can be drawn onto the holes
EMPTY_MMHG_S_ML = 1500.0
OUT_SHARE = 0.95  # of a cannula's holes that can stand out of the vein, tunable
SHAKES_S = 3.0  # what an eye takes in of a line that chatters, tunable
INERTANCE = 0.04  # mmHg s2/mL, tunable


def _build(slots: Slots, part: PartSpec, inlet: str, outlet: str) -> EdgeModel:
    slots.add(f"par:{part.id}.k", 0.0)

    if inlet in VEINS:
        slots.add(f"wall:{part.id}", 0.0)
        slots.add(f"drawn:{part.id}", 0.0)
        slots.add(f"shakes:{part.id}", 0.0)

    def law(x: Scope, q: Num) -> tuple[Num, Drop]:
        drop = laws.turbulent(q, x[f"par:{part.id}.k"])
        if inlet in VEINS:
            across = x[f"p:{inlet}"] - pressed(x, inlet)
            drawn, wall = laws.wall_moves(x[f"drawn:{part.id}"], x[f"wall:{part.id}"], across, x.substep_s)
            x[f"drawn:{part.id}"], x[f"wall:{part.id}"] = drawn, wall
            drop = laws.add(drop, laws.suck_down(q, wall))
        if outlet == "ao_asc":
            drop = laws.add(drop, laws.linear(q, empty(-q, x[f"p:{outlet}"])))
        if inlet == "lv":
            drop = laws.add(drop, laws.linear(q, empty(q, x[f"p:{inlet}"])))
        return 0.0, drop

    return edge(part, inlet, outlet, law, part.params["volume_ml"], INERTANCE)


def pressed(x: Scope, site: str) -> Num:
    """What presses on a vein or the atrium from outside beyond the usual, mmHg: its wall falls by the pressure across it.

    chest = pneumothorax + cough; the atrium lies in the pericardium too. A bench has none of it.
    """
    if "chest_over_mmhg" not in x.slots:
        return 0.0
    chest = x["chest_over_mmhg"]
    return chest + x["pericardium_mmhg"] if site == "ra" else chest


def empty(q: Num, p_around_mmhg: Num) -> Num:
    """Resistance of an empty ventricle around a vent, or aorta around its cannula, mmHg s/mL: the wall closes the holes wholly.

    R = 1500 s**2 mmHg s/mL, s = -P/1 mmHg held to 0-1 (tunable); only flow `q` out of it sucks
    """
    s = between(-p_around_mmhg, 0.0, 1.0)
    return select(q > 0.0, EMPTY_MMHG_S_ML * s * s, 0.0)


def slipped(k: Num, out: Num) -> Num:
    """A cannula that has slipped drains by the holes that are still in the vein: k/(1 - 0.95 out)**2 (tunable)."""
    free = 1.0 - OUT_SHARE * out
    return k / (free * free)


def _refresh(part: PartSpec, x: Scope, viscosity_cp: Num) -> None:
    x[f"par:{part.id}.k"] = laws.cannula_coefficient(part.params["m_number"], viscosity_cp)
    for tap in part.taps:
        x[f"par:{part.id}.k"] = slipped(x[f"par:{part.id}.k"], x[f"in:{tap}"])
    if f"wall:{part.id}" in x.slots:
        toward(x, f"shakes:{part.id}", x[f"wall:{part.id}"], SHAKES_S)


COMPONENT = Component(
    kind="cannula",
    title="Cannula",
    params=(
        Param("m_number", "M", "resistance by the M-number, for blood", "reference 3.3 [MEDT][NOE][ROBAK]"),
        Param("volume_ml", "mL", "blood in cannula and connector", "tunable"),
    ),
    build=_build,
    worked="`tests/cases/va_bench.yaml` (25 and 17 Fr)",
    laws=(
        laws.turbulent,
        laws.cannula_coefficient,
        laws.suck_down,
        laws.wall_moves,
        pressed,
        empty,
        slipped,
    ),
    refresh=_refresh,
)
