"""What a look finds: the words for what the machine's state shows to an eye."""

from collections.abc import Mapping

WATER_SEEN = 0.2  # share of wet fibres from which drops stand in the exhaust, tunable

FINDINGS: dict[str, tuple[str, ...]] = {
    "pump_head": ("clean", "turning", "standing", "off_its_magnets", "froth", "clot"),
    "console": ("dark", "booting", "alive", "motor_fault_lamp"),
    "mains_and_switch": ("switch_on", "isolation_switch_off", "mains_on", "mains_off"),
    "line": ("clear", "gas"),
    "oxygenator_colour": ("bright", "dark"),
    "sweep_flowmeter": ("flowing", "off"),
    "gas_line": ("whole", "hose_off", "cap_off", "wall_hose_off", "on_cylinder", "cylinder_empty"),
    "oxygenator_exhaust": ("dry", "blocked", "water", "foam"),
    "patient": ("ejecting", "no_pulse", "froth_in_tube"),
}


FROTH_FROM_PCT = 50.0  # lung water that shows in the tube, tunable


def gas_line(controls: Mapping[str, float], cylinder_l: float) -> tuple[str, ...]:
    """Return what stands out along the gas line from source to oxygenator."""
    found = [word for word, wrong in (("hose_off", controls["gas_hose"] < 0.5), ("cap_off", controls["vaporiser_cap"] < 0.5)) if wrong]
    if min(controls["hose_wall_o2"], controls["hose_wall_air"]) < 0.5:
        found.append("wall_hose_off")
    if controls["gas_source"] > 0.5:
        found.append("on_cylinder" if cylinder_l > 0.0 else "cylinder_empty")
    return tuple(found) or ("whole",)


def exhaust(controls: Mapping[str, float], water: float, plasma_ml_min: float) -> tuple[str, ...]:
    """Return what stands out at the oxygenator's gas outlet."""
    found = ["blocked"] if controls["gas_exhaust"] > 0.5 else []
    if plasma_ml_min > 0.0:
        found.append("foam")
    elif water > WATER_SEEN:
        found.append("water")
    return tuple(found) or ("dry",)
