"""A volatile anaesthetic from the vaporiser in the gas line: into the gas side, into blood, out with the sweep."""

from drill.circuit.slots import Scope, Slots
from drill.circuit.spec import PartSpec
from drill.circuit.trace import Num, absolute, least, most
from drill.units import TICK_S

BLOOD_TAU_S, AT_ML_S = 90.0, 4000.0 / 60.0  # blood and brain follow the gas within minutes at 4 L/min; tunable
TONE_PER_PCT, VO2_PER_PCT = 0.12, 0.06  # what 1 % of isoflurane takes of vascular resistance and of oxygen uptake; tunable


def add_volatile(slots: Slots) -> None:
    """Make the slots: `agent_pct` is what blood and brain hold, as % of an atmosphere."""
    slots.add("agent_pct", 0.0)


def run_volatile(x: Scope, part: PartSpec, through_ml_s: Num) -> None:
    """One tick at an oxygenator: its gas side is washed by the vaporiser's gas, blood follows by its flow.

    V dF/dt = through-flow (F_vaporiser - F);   dA/dt = (F - A) Q/(Q_0 tau), tau = 90 s at 4 L/min
    """
    fresh = through_ml_s * TICK_S
    volume = x[f"par:{part.id}.gas_volume_ml"]
    slot = f"agent:{part.id}"
    x[slot] = (x[slot] * volume + fresh * x["in:vaporiser_pct"] * x["in:vaporiser_cap"]) / (volume + fresh)
    pace = least(absolute(x[f"flow:{part.id}"]) * (TICK_S / (AT_ML_S * BLOOD_TAU_S)), 0.1)
    x["agent_pct"] = x["agent_pct"] + pace * (x[slot] - x["agent_pct"])


def tone_factor(x: Scope) -> Num:
    """Return what the agent leaves of vascular resistance."""
    return most(1.0 - TONE_PER_PCT * x["agent_pct"], 0.3)


def vo2_factor(x: Scope) -> Num:
    """Return what the agent leaves of oxygen uptake."""
    return most(1.0 - VO2_PER_PCT * x["agent_pct"], 0.5)
