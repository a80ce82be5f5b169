"""What too much suction at a pump's inlet does: gas comes out of solution as small bubbles."""

from drill.circuit.network import EdgeModel
from drill.circuit.slots import Scope
from drill.circuit.spec import PartSpec
from drill.circuit.trace import Num, between

ABOVE_MMHG = -150.0  # at the pump's own height; bubbles appear, head is lost below it [GAN06B][ABOUD]
PER_MMHG, MOST_SHARE = 4e-5, 0.02  # share of the flow: 0.6 % at -300 mmHg, tunable


def add_cavitation(edge: EdgeModel, part: PartSpec) -> EdgeModel:
    """Let bubbles rise in what a pump draws.

    share = 4e-5 (-150 - (P_in - P_air)), held to 0-0.02
    """

    def released(x: Scope) -> Num:
        return between(PER_MMHG * (ABOVE_MMHG - (x[f"p:{part.inlet}"] - x[f"air_mmhg:{part.id}"])), 0.0, MOST_SHARE)

    edge.draws_air, edge.air_class = released, "small"
    return edge
