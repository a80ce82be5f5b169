"""Gas that travels with the blood, in mL at 37 degC and 760 mmHg, in three classes: bulk (slugs), small (0.2-4 mm), micro.

It takes up volume and is incompressible (contracts). Where a device holds gas back, blood leaves in its place.
Structure and efficiencies: reference 1.3 and 6, tunable where no source is named.
"""

from collections.abc import Mapping

from drill.circuit.trace import Num, between, most

GAS = ("bulk", "small", "micro")
PRIME = {"o2": 0.0045, "hb": 0.0, "co2": 0.0, "heat": 30.0}  # a mL of clear prime with the oxygen of room air, warmed; tunable
LEAST_SHARE = 1e-12  # of blood in a mixture, that contents are divided by


def gas_share(what: Mapping[str, Num]) -> Num:
    """Return the share of gas (0-1) in a mixture."""
    return what["bulk"] + what["small"] + what["micro"]


def hold_back(what: Mapping[str, Num], kept: Mapping[str, Num]) -> dict[str, Num]:
    """Return what leaves a cell that holds back the given share of each class.

    gas out = c (1 - kept);  everything in blood is scaled by (1 - gas out)/(1 - gas in)
    """
    out: dict[str, Num] = {g: what[g] * (1.0 - kept.get(g, 0.0)) for g in GAS}
    blood = (1.0 - gas_share(out)) / most(1.0 - gas_share(what), 1e-6)
    return out | {s: c * blood for s, c in what.items() if s not in GAS}


def room(share: Num, most_share: float, over: float) -> Num:
    """Return how much a trap still holds back: 1 until its gas nears `most_share`, 0 there; it gives way over `over`."""
    return between((most_share - share) / over, 0.0, 1.0)


def without_gas(what: Mapping[str, Num]) -> tuple[Num, dict[str, Num]]:
    """Return (share of gas, the same blood without it)."""
    share = gas_share(what)
    scale = 1.0 / most(1.0 - share, LEAST_SHARE)
    return share, {s: (0.0 if s in GAS else c * scale) for s, c in what.items()}
