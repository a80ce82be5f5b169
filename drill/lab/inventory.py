"""Everything that the lab can set, read, break and put together, with units: what `drill lab --list` shows."""

from collections.abc import Sequence
from pathlib import Path
from typing import Any

from drill import TRAINING_ONLY
from drill.circuit.body import FLUIDS
from drill.circuit.components import COMPONENTS
from drill.circuit.controls import CONTROLS
from drill.circuit.drugs import DRUGS
from drill.circuit.faults import FAULTS
from drill.circuit.patient import PATIENT_DEFAULTS
from drill.circuit.readings import READINGS
from drill.scenarios.entries import load_circuit, load_patient
from drill.scenarios.library import Library
from drill.scenarios.stock import load_stock

Rows = list[dict[str, Any]]


def inventory(roots: Sequence[Path | str]) -> dict[str, Any]:
    """Return all names by kind, as plain data. Raises PackError where a stock entry does not load."""
    library = Library(roots)
    return {
        "notice": TRAINING_ONLY,
        "circuits": _circuits(library),
        "patients": [{"name": ref, "title": load_patient(ref, library).title} for ref in library.refs("patients")],
        "devices": _devices(library),
        "controls": [
            {"name": c.name, "unit": c.unit, "low": c.low, "high": c.high, "default": c.default, "meaning": c.meaning}
            for c in CONTROLS.values()
        ],
        "readings": [
            {"name": r.name, "unit": r.unit, "resolution": r.resolution, "shown_on": r.host or None, "meaning": r.meaning}
            for r in READINGS.values()
        ],
        "faults": [{"name": f.name, "parameters": [p._asdict() for p in f.parameters], "meaning": f.meaning} for f in FAULTS.values()],
        "drugs": [
            *({"name": d.name, "unit": "boluses", "meaning": f"one bolus is {d.bolus}"} for d in DRUGS.values()),
            *({"name": name, "unit": "mL", "meaning": "a fluid, run in within a minute"} for name in FLUIDS),
        ],
        "patient_numbers": [{"name": f"patient.{name}", "default": value} for name, value in PATIENT_DEFAULTS.items()],
    }


def _circuits(library: Library) -> Rows:
    made: Rows = []
    for ref in library.refs("circuits"):
        found = load_circuit(ref, library)
        made.append({"name": ref, "title": found.spec.title, "kind": found.spec.kind, "usual_patient": found.usual.patient or None})
    return made


def _devices(library: Library) -> Rows:
    made: Rows = []
    for pack in library.packs:
        circuits = [ref for ref in library.refs("circuits") if ref.startswith(f"{pack}/")]
        if circuits:
            devices = load_circuit(circuits[0], library).devices
            made += [
                {"name": d.id, "kind": d.kind, "title": d.title, "numbers": dict(d.params), "source": d.source} for d in devices.values()
            ]
    return sorted(made, key=lambda row: (row["kind"], row["name"]))


def describe_circuit(circuit: str, roots: Sequence[Path | str]) -> dict[str, Any]:
    """Return one circuit's parts with their devices and numbers, and how its controls usually stand."""
    stock = load_stock(circuit, roots=roots)
    return {
        "notice": TRAINING_ONLY,
        "circuit": stock.circuit.id,
        "title": stock.circuit.title,
        "usual_patient": stock.patient.id,
        "usual_controls": dict(stock.usual),
        "parts": [
            {
                "name": part.id,
                "device": stock.devices[part.id],
                "kind": part.kind,
                "from": part.inlet,
                "to": part.outlet,
                "numbers": dict(part.params),
                "units": {p.name: p.unit for p in COMPONENTS[part.kind].params},
                "clamps": [*part.clamps, *part.taps],
            }
            for part in stock.circuit.parts
        ],
    }
