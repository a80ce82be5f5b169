"""What a plant holds, less what came in by its booked ports: it must never change. For any circuit and patient."""

import math

from drill.circuit.gas import GAS
from drill.circuit.plant import Plant
from drill.circuit.transport import BLOOD

HEAT_PORTS = ("_heat", "_water", "_room")
INFUSED = {"co2": (0.0, 0.6), "heat": (22.0, 30.0), "o2": (0.005, 0.16), "hb": (0.0, 190.0)}  # per mL of clear fluid, of blood


def held(plant: Plant, species: str) -> float:
    """Return what machine, patient and the tissue's stores hold of a species."""
    x, index, net = plant._x, plant._index, plant._model.net
    total = math.fsum(
        x[index[f"{species}:{n.id}"]] * (x[index[f"vol:{n.id}"]] - _waiting(plant, n.id))
        for n in net.nodes.values()
        if n.stiffness is not None and f"{species}:{n.id}" in index
    )
    cells = ((f"{species}:{e.id}:{k}", e.cell_ml) for e in net.edges.values() for k in range(e.cells))
    total += math.fsum(x[index[name]] * ml for name, ml in cells if name in index)
    if species == "co2" and "co2_store:fast" in index:
        total += x[index["pat:size"]] * (2000.0 * x[index["co2_store:fast"]] + 2500.0 * x[index["co2_store:slow"]])
    if species == "heat" and "temp:core" in index:
        total += x[index["pat:weight_kg"]] * 3470.0 / 3.8 * (0.4 * x[index["temp:core"]] + 0.53 * x[index["temp:shell"]])
    return float(total)


def _waiting(plant: Plant, node: str) -> float:
    """What has passed an edge in a shock and is not mixed into the node yet, mL."""
    return float(plant._x[plant._index[f"unmixed:{node}"]])


def _ports(plant: Plant, ends: tuple[str, ...]) -> float:
    names = [name for name in plant._index if name.startswith("port:") and name.endswith(ends)]
    return math.fsum(plant._x[plant._index[name]] for name in names)


def _fluid_ml(plant: Plant) -> tuple[float, float]:
    clear, blood = (plant._index.get(f"port:{name}") for name in ("infused_ml", "transfused_ml"))
    return (0.0 if clear is None else float(plant._x[clear])), (0.0 if blood is None else float(plant._x[blood]))


def balance(plant: Plant) -> dict[str, float]:
    """Return, for each of blood's species, gas and volume, what is held less what came in."""
    x, index = plant._x, plant._index
    clear, blood = _fluid_ml(plant)
    found = {}
    for s in BLOOD:
        per_clear, per_blood = INFUSED[s]
        came = _ports(plant, HEAT_PORTS if s == "heat" else (f"_{s}",))
        found[s] = held(plant, s) - came - per_clear * clear - per_blood * blood
    given = float(x[index["gas_ml"]])
    drawn, out = (float(x[index[f"port:{name}"]]) for name in ("air_in_ml", "gas_out_ml"))
    found["gas"] = math.fsum(held(plant, g) for g in GAS) - drawn + out + given
    nodes = math.fsum(x[index[f"vol:{n.id}"]] for n in plant._model.net.nodes.values() if n.stiffness is not None)
    lost, primed = (float(x[index[f"port:{name}"]]) for name in ("blood_lost_ml", "primed_ml"))
    plasma = _ports(plant, ("_plasma_ml",))
    late = math.fsum(x[index[f"late:{e.id}"]] for e in plant._model.net.edges.values() if plant._model.net.nodes[e.outlet].is_air)
    found["volume"] = nodes + late - clear - blood - drawn + out + given + lost - primed - plasma
    return found


def moved(plant: Plant, before: dict[str, float]) -> dict[str, float]:
    """Return by how much each balance has moved since, relative to what is held (to 1 mL for gas)."""
    scale = {"gas": max(1.0, float(plant._x[plant._index["port:air_in_ml"]])), "volume": 5000.0}
    now = balance(plant)
    return {s: abs(now[s] - start) / scale.get(s, max(abs(start), 1.0)) for s, start in before.items()}
