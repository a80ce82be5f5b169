"""Print docs/patients.md: the stock patients with their resting states, as their files say. `make docs`."""

from pathlib import Path

from drill.circuit.readings import READINGS
from drill.scenarios.entries import load_patient
from drill.scenarios.library import Library

ROOT = Path(__file__).resolve().parent.parent
HEAD = """# Patients

The stock patients in `scenario_packs/base/patients`, each with the machine and settings under which it rests and the range in
which each true reading then stays: held for 30 simulated minutes by `tests/circuit/test_patient_rest.py`, which also asks each
for the sign of its answers to flow, volume, bleeding, drugs, arrest, compressions and a shock. This page is made from their
files. SIMULATION · TRAINING ONLY

Ask one yourself: `drill lab va_ecmo_adult --patient healthy_adult --set pump_rpm_set=0`.

A patient's file gives numbers by name with their unit; what it does not give is the adult's number, scaled by `size` (the body
against 75 kg): volumes, compliances and oxygen use go with it, resistances against it.

## What is modelled

- **Circulation**: two ventricles with valves and time-varying stiffness, an aorta in four pieces, five beds with a closing
  pressure, great veins apart from the atrium; baroreflex on rate, tone, veins and strength; tone that gives way when a flow
  drives pressure above what the body asks for.
- **Suck-down**: the vein's wall falls onto the drainage cannula below 0 mmHg and springs back above 0.8: with little volume the
  line chatters.
- **The heart lives on its own blood**: coronary pressure and oxygen decide its strength (time constant a minute), coronary
  arteries open when their venous blood is dark. Fibrillation, standstill, cardioplegia; a shock brings back a muscle that is fed,
  adrenaline or pacing starts one that stands; compressions press blood out of the ventricles. A clamp on the aorta takes the
  root, and the coronaries, off.
- **Where blood meets in VA**: coronaries, right hand and head, left hand and head, foot each have their own saturation, from the
  flows alone.
- **Recirculation in VV**: from the flows, the pulse and one number for mixing.
- **Lungs**: ventilation, FiO2, PEEP (opens shunt, hinders venous return), shunt and dead space; oedema when the left atrium stays
  above 25 mmHg.
- **Stores and metabolism**: O2 in gas and blood, CO2 in blood and two tissue stores, VO2 by temperature and by what is supplied,
  lactate from oxygen debt.
- **Temperature**: core and shell with the after-drop that follows; heat made, carried, and lost through the skin.
- **Fluids and drugs**: clear fluid, red cells, bleeding; noradrenaline, adrenaline, a vasodilator, heparin, protamine; ACT.
- **Pressure from outside**: tamponade, tension pneumothorax.

## What is not

Breathing as a swing of pressure (ventilation is a mean), atria that contract, valves that leak, potassium, glucose, clotting
factors and platelets, kidneys, pH and temperature acting on the heart, rhythm other than beating, fibrillation and standstill,
the lung's own vasoconstriction, pregnancy. Children differ from adults by size and the numbers in their files only.
"""


def page() -> list[str]:
    """Return the lines of the page."""
    library = Library([ROOT / "scenario_packs"])
    lines: list[str] = [HEAD]
    for ref in sorted(r for r in library.refs("patients") if r.startswith("base/")):
        patient = load_patient(ref, library)
        lines += [f"## {patient.title}", "", f"`{patient.id}`" + (f", size {patient.size:g}" if patient.size != 1.0 else ""), ""]
        rest = patient.resting
        if rest is None:
            lines += ["No resting state is documented.", ""]
            continue
        settings = ", ".join(f"`{name}` {value:g}" for name, value in rest.controls.items())
        lines += [f"On `{rest.circuit}` with {settings}.", "", "| reading | unit | at rest |", "|---|---|---|"]
        lines += [f"| {name} | {READINGS[name].unit} | {low:g} to {high:g} |" for name, (low, high) in rest.ranges.items()]
        lines += ["", f"Source: {rest.source.strip()}.", ""]
    return lines


if __name__ == "__main__":
    print("\n".join(page()).rstrip())  # noqa: T201  the page goes to the standard output
