"""Carbon dioxide in blood and its acid-base state. Contents are mL CO2 (STPD) per mL of blood, Hb in g/L, BE in mmol/L.

pH and PCO2 are those of blood measured at 37 degC, as an analyser gives them (alpha-stat): a content keeps them while
blood is cooled or warmed. What gas meets at a membrane is the PCO2 at blood temperature, `at_temperature`.
"""

from typing import NamedTuple

from drill.circuit.maths import ten_to
from drill.circuit.slots import Scope, Slots
from drill.circuit.trace import Num, between, least, most

LN10 = 2.302585092994046
CO2_SOLUBILITY = 0.0307  # mmol/L/mmHg at 37 degC, physics reference 4.2 and 4.3
PH_LOW, PH_HIGH, PH_STEP = 6.5, 7.95, 0.05
E_AT_7_40 = 19.952623149688797  # 10**(7.40 - 6.1)


class Gases(NamedTuple):
    """What a CO2 content means: PCO2 (mmHg, 37 degC), pH (37 degC), and d(content)/d(PCO2) in mL/mL/mmHg."""

    pco2_mmhg: Num
    ph: Num
    slope: Num


class _At(NamedTuple):
    """One pH looked at: bicarbonate (mmol/L), 10**(pH - 6.1), the content there and its derivative by pH."""

    bicarbonate: Num
    ratio: Num
    content: Num
    by_ph: Num
    buffer: Num


def _at(ph: Num, hb_g_l: Num, saturation: Num, be: Num) -> _At:
    """Content of blood of this pH and BE.

    HCO3 = 24.4 + BE/(1 - 0.023 Hb) - (2.3 Hb + 7.7)(pH - 7.40), Hb in mmol/L        (Van Slyke, reference 4.2)
    plasma = 2.226 s PCO2 (1 + 10**(pH - pK')), s PCO2 = HCO3/10**(pH - 6.1)
    pK' = 6.086 + 0.042 (7.4 - pH) + (38 - T)(0.00472 + 0.00139 (7.4 - pH)), T = 37
    blood = plasma (1 - 0.0289 Hb/((3.352 - 0.456 S)(8.142 - pH))), Hb in g/dL       (Douglas 1988, reference 4.3)
    """
    mmol = 0.06206 * hb_g_l
    buffer = 2.3 * mmol + 7.7
    off = ph - 7.40
    bicarbonate = most(24.4 + be / (1.0 - 0.023 * mmol) - buffer * off, 0.5)
    ratio = E_AT_7_40 * ten_to(off)
    bound = ten_to(0.00928 + 0.04339 * off)
    per_unit = 0.02226 * (1.0 / ratio + bound)
    plasma = bicarbonate * per_unit
    plasma_by_ph = 0.02226 * LN10 * bicarbonate * (0.04339 * bound - 1.0 / ratio) - buffer * per_unit
    room = 8.142 - ph
    cells = 0.00289 * hb_g_l / ((3.352 - 0.456 * saturation) * room)
    return _At(bicarbonate, ratio, plasma * (1.0 - cells), plasma_by_ph * (1.0 - cells) - plasma * cells / room, buffer)


def gases_of(co2: Num, hb_g_l: Num, saturation: Num, be: Num, ph_before: Num) -> Gases:
    """Return PCO2, pH and slope of a content, from the pH a moment ago.

    One Newton round on content(pH) - content, the step held to 0.05: called each tick it follows blood as it changes
    """
    here = _at(ph_before, hb_g_l, saturation, be)
    step = between((here.content - co2) / here.by_ph, -PH_STEP, PH_STEP)
    ph = between(ph_before - step, PH_LOW, PH_HIGH)
    d = LN10 * (ph - ph_before)
    ratio = here.ratio * (1.0 + d * (1.0 + d * (0.5 + d * (1.0 / 6.0))))
    bicarbonate = most(here.bicarbonate - here.buffer * (ph - ph_before), 0.5)
    pco2 = bicarbonate / (CO2_SOLUBILITY * ratio)
    return Gases(pco2, ph, -here.by_ph / ((here.buffer + LN10 * bicarbonate) / (CO2_SOLUBILITY * ratio)))


def content_at(pco2_mmhg: float, hb_g_l: float, saturation: float, be: float) -> tuple[float, float]:
    """Return (content, pH) of blood of this PCO2: where a plant starts. Bisection of HCO3(pH) = 0.0307 PCO2 10**(pH - 6.1)."""
    low, high = PH_LOW, PH_HIGH
    for _ in range(50):
        ph = 0.5 * (low + high)
        here = _at(ph, hb_g_l, saturation, be)
        if float(here.bicarbonate) > CO2_SOLUBILITY * pco2_mmhg * float(here.ratio):  # type: ignore[arg-type]
            low = ph
        else:
            high = ph
    return float(_at(low, hb_g_l, saturation, be).content), low  # type: ignore[arg-type]


def base_excess_of(be: Num, hb_g_l: Num, saturation: Num) -> Num:
    """Return the BE of blood that is not full of oxygen, from the BE that it has when full: oxygen leaving binds protons.

    BE + 0.2 Hb (1 - S), Hb in g/dL   [LANG]
    """
    return be + 0.02 * hb_g_l * (1.0 - saturation)


def at_temperature(temp_c: Num) -> Num:
    """Return PCO2 at blood temperature over PCO2 at 37 degC.

    10**(0.019 (T - 37))   [TCPCO2]
    """
    return ten_to(0.019 * (temp_c - 37.0))


def oxygen_shift(ph: Num, pco2_mmhg: Num, temp_c: Num) -> Num:
    """Return the factor from PO2 to the virtual PO2 at which the standard O2 curve is read.

    10**(0.024 (37 - T) + 0.40 (pH_T - 7.40) + 0.06 log10(40/PCO2_T))   [KEL]

    pH_T = pH + 0.0147 (37 - T) [MALG] and PCO2_T = PCO2 10**(0.019 (T - 37)) make 0.0310 (37 - T) of all that is by temperature.
    The logarithm is 2 (z + z**3/3 + z**5/5), z = (40 - P)/(40 + P): 0.06 of it is within 0.3 % for 8 to 200 mmHg.
    """
    z = (40.0 - pco2_mmhg) / (40.0 + pco2_mmhg)
    square = z * z
    log10 = 2.0 / LN10 * z * (1.0 + square * (1.0 / 3.0 + 0.2 * square))
    return ten_to(between(0.0310 * (37.0 - temp_c) + 0.40 * (ph - 7.40) + 0.06 * log10, -0.9, 0.9))


def add_place(slots: Slots, place: str, ph: float = 7.40, pco2_mmhg: float = 40.0) -> None:
    """Make the slots of a place whose acid-base state is followed."""
    slots.add(f"ph:{place}", ph)
    slots.add(f"pco2:{place}", pco2_mmhg)
    slots.add(f"shift:{place}", 1.0)


def follow(x: Scope, place: str, what: "Blood") -> Gases:
    """Follow the acid-base state of a place by one tick; its pH, PCO2 and O2 shift stand in slots."""
    full = most(0.00136 * what.hb_g_l, 1e-6)
    saturation = between(what.o2 / full, 0.0, 1.0)
    be = base_excess_of(x["be_mmol_l"], what.hb_g_l, saturation)
    gases = gases_of(what.co2, what.hb_g_l, saturation, be, x[f"ph:{place}"])
    x[f"ph:{place}"] = gases.ph
    x[f"pco2:{place}"] = gases.pco2_mmhg
    x[f"shift:{place}"] = oxygen_shift(gases.ph, gases.pco2_mmhg, what.temp_c)
    return gases


class Blood(NamedTuple):
    """Blood at one place, free of the gas that travels with it: mL O2 and mL CO2 per mL, g/L, degC."""

    o2: Num
    co2: Num
    hb_g_l: Num
    temp_c: Num


def blood_at(x: Scope, place: str) -> Blood:
    """Return the blood of a node, or of a cell ("part:0"), without its bubbles."""
    liquid: Num = 1.0
    if f"bulk:{place}" in x.slots:
        liquid = most(1.0 - x[f"bulk:{place}"] - x[f"small:{place}"] - x[f"micro:{place}"], 0.02)
    o2, co2, hb, heat = (x[f"{s}:{place}"] / liquid for s in ("o2", "co2", "hb", "heat"))
    return Blood(o2, co2, hb, least(heat, 60.0))
