"""The quantities of the harm ledger, by name: what a pack's `harm`, `worsens` may name, and what scoring must compute.

Each counts over the whole run from the first perceivable sign, on true readings. Limits are local targets.
"""

from typing import NamedTuple


class Quantity(NamedTuple):
    """One kind of harm. `worse` says which way is harmful: "up" (more is worse) or "down" (a minimum)."""

    name: str
    unit: str
    worse: str
    meaning: str


QUANTITIES: dict[str, Quantity] = {
    q.name: q
    for q in (
        Quantity("no_flow_s", "s", "up", "Time with circuit flow below 0.5 L/min"),
        Quantity("backflow_ml", "mL", "up", "Blood that ran from artery to vein through the circuit"),
        Quantity("map_below_limit_s", "s", "up", "Time with mean arterial pressure below 55 mmHg"),
        Quantity("map_min_mmhg", "mmHg", "down", "Lowest mean arterial pressure"),
        Quantity("sat_below_limit_s", "s", "up", "Time with arterial saturation at the right hand below 88 %"),
        Quantity("oxygen_debt_ml", "mL", "up", "Oxygen that the tissues wanted and did not get"),
        Quantity("flow_without_sweep_s", "s", "up", "Time with circuit flow above 0.5 L/min and sweep below 0.1 L/min"),
        Quantity("dark_return_s", "s", "up", "Time with flow above 0.5 L/min and less than 92 % saturation behind the lung"),
        Quantity("svo2_below_limit_s", "s", "up", "Time with less than 60 % saturation in the drained blood"),
        Quantity("gas_to_patient_ml", "mL", "up", "Gas that reached the patient"),
        Quantity("gas_to_brain_ml", "mL", "up", "Arterial gas that went to the brain"),
        Quantity("blood_lost_ml", "mL", "up", "Blood that ran out of the circuit or the patient"),
        Quantity("drained_ml", "mL", "up", "Blood that ran into the reservoir: its highest level above that at the first sign"),
        Quantity("air_drawn_ml", "mL", "up", "Gas that was drawn into the circuit"),
        Quantity("p_pre_max_mmhg", "mmHg", "up", "Highest pressure before the membrane"),
        Quantity("p_ven_min_mmhg", "mmHg", "down", "Lowest pressure at the pump inlet"),
        Quantity("compressions_ejecting_s", "s", "up", "Time of chest compressions begun while heart or pump keeps blood moving"),
    )
}
