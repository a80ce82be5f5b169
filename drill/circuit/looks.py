"""What a look finds: the words for what the machine's state shows to an eye."""

from collections.abc import Iterable, Mapping

WATER_SEEN = 0.2  # share of wet fibres from which drops stand in the exhaust, tunable

FINDINGS: dict[str, tuple[str, ...]] = {
    "pump_head": ("clean", "turning", "standing", "off_its_magnets", "froth", "clot", "arrow_clockwise", "arrow_anticlockwise"),
    "console": ("dark", "booting", "alive", "motor_fault_lamp"),
    "mains_and_switch": ("switch_on", "isolation_switch_off", "mains_on", "mains_off"),
    "line": ("clear", "gas", "clamp_on", "electronic_clamp_shut", "kinked", "connector_off", "shunt_open", "shaking"),
    "drainage_line": ("closed", "tap_open", "cap_off", "kinked", "air"),
    "bubble_sensor": ("clear", "fine_bubbles", "gas", "sensor_loose"),
    "reservoir": ("filled", "low", "empty", "display_wrong"),
    "cannula_site": ("seated", "side_holes_out"),
    "central_line": ("capped", "lumen_open"),
    "oxygenator_colour": ("bright", "dark"),
    "sweep_flowmeter": ("flowing", "off"),
    "gas_line": ("whole", "hose_off", "cap_off", "wall_hose_off", "on_cylinder", "cylinder_empty"),
    "new_oxygenator": ("lies_by", "gas", "clear"),
    "oxygenator_exhaust": ("dry", "blocked", "water", "foam"),
    "patient": ("ejecting", "no_pulse", "froth_in_tube", "coughing", "bleeding"),
    "flow_probe": ("seated", "loose"),
    "ultrasound": ("no_effusion", "effusion", "no_sliding", "sliding"),
}


FROTH_FROM_PCT = 50.0  # lung water that shows in the tube, tunable
KINK_SEEN, CLAMP_SEEN, WALL_SHAKES = 0.3, 0.5, 0.05  # what stands out along a line; tunable
EFFUSION_MMHG, PNEUMOTHORAX_MMHG, COUGH_MMHG, BLEED_ML_MIN = 3.0, 3.0, 5.0, 50.0  # what shows on an ultrasound and on a patient; tunable
SLUGS_SEEN, FINE_SEEN = 0.01, 2e-4  # share of gas in a line that shows as slugs, and as fine bubbles, to an eye; tunable
AIR_SEEN = 0.3  # share of gas in all of a line at which it is an air lock to an eye, and no longer froth; tunable
LOW_ML, EMPTY_ML, LEVEL_APART_ML = 400.0, 150.0, 300.0  # levels that an eye calls low and empty, and how far a display is off; tunable
OPEN_SEEN = 0.02  # how far open an eye makes out; tunable


def drainage_line(controls: Mapping[str, float], kink: float, share: float) -> tuple[str, ...]:
    """Return what stands out along the drainage line: its tap, its port, its course, and air from the share of gas in it."""
    found = [word for word, control in (("tap_open", "tap_drainage"), ("cap_off", "port_drainage")) if controls[control] > OPEN_SEEN]
    if kink > KINK_SEEN:
        found.append("kinked")
    return (*(found or ["closed"]), *(["air"] if share > AIR_SEEN else []))


def bubble_sensor(share: float, *, loose: bool) -> tuple[str, ...]:
    """Return what stands out where the bubble sensor sits, from the greatest share of gas in that line."""
    found = ["gas"] if share > SLUGS_SEEN else ["fine_bubbles"] if share > FINE_SEEN else ["clear"]
    return (*found, "sensor_loose") if loose else tuple(found)


def reservoir(level_ml: float, shown_ml: float) -> tuple[str, ...]:
    """Return how the reservoir stands to an eye, and whether its display says otherwise."""
    found = "empty" if level_ml < EMPTY_ML else "low" if level_ml < LOW_ML else "filled"
    return (found, "display_wrong") if abs(level_ml - shown_ml) > LEVEL_APART_ML else (found,)


def new_oxygenator(share: float | None) -> tuple[str, ...]:
    """Return how a second oxygenator looks, from the greatest share of gas in it; None = it is not in the circuit."""
    return ("lies_by",) if share is None else ("gas",) if share > SLUGS_SEEN else ("clear",)


def cannula_site(controls: Mapping[str, float]) -> tuple[str, ...]:
    """Return how the drainage cannula sits under its dressing."""
    return ("side_holes_out",) if controls["cannula_out"] > OPEN_SEEN else ("seated",)


def central_line(controls: Mapping[str, float]) -> tuple[str, ...]:
    """Return whether a lumen of the central venous line stands open."""
    return ("lumen_open",) if controls["central_line"] > OPEN_SEEN else ("capped",)


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


def line(
    *,
    gas: bool,
    controls: Mapping[str, float],
    kinks: float,
    holes: float,
    shakes: float,
    clamps: Iterable[str],
    shunts: Iterable[str] = (),
) -> tuple[str, ...]:
    """Return what stands out along the line: `clamps` are those that are open at rest, `shunts` those on lines round the lung."""
    found = ["gas" if gas else "clear"]
    if any(controls[name] > CLAMP_SEEN for name in clamps):
        found.append("clamp_on")
    if controls["clamp_electronic"] > CLAMP_SEEN:
        found.append("electronic_clamp_shut")
    if kinks > KINK_SEEN:
        found.append("kinked")
    if holes > OPEN_SEEN:
        found.append("connector_off")
    if any(controls[name] < CLAMP_SEEN for name in shunts):
        found.append("shunt_open")
    if shakes > WALL_SHAKES:
        found.append("shaking")
    return tuple(found)


def patient(*, ejects: bool, water_pct: float, cough_mmhg: float, bleed_ml_min: float) -> tuple[str, ...]:
    """Return what the patient shows at a look."""
    seen = (("froth_in_tube", water_pct > FROTH_FROM_PCT), ("coughing", cough_mmhg > COUGH_MMHG), ("bleeding", bleed_ml_min > BLEED_ML_MIN))
    return ("ejecting" if ejects else "no_pulse", *(word for word, there in seen if there))


def ultrasound(pericardium_mmhg: float, pneumothorax_mmhg: float) -> tuple[str, ...]:
    """Return what an ultrasound of heart and lungs shows."""
    return (
        "effusion" if pericardium_mmhg > EFFUSION_MMHG else "no_effusion",
        "no_sliding" if pneumothorax_mmhg > PNEUMOTHORAX_MMHG else "sliding",
    )
