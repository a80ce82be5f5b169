"""Component laws, one small function each: the equation in the docstring, units in every name.

Each takes floats or traced numbers. A law of an edge returns (drop, slope): the pressure lost at flow q and its
derivative, both taken at the flow of the step before; the network linearises there.
Sources: physics reference keys in brackets ([LIM], [GAN19], ...), listed in docs/sources.md.
"""

from typing import NamedTuple

from drill.circuit.maths import exp, power, quarter_power
from drill.circuit.trace import Num, absolute, most, select, sqrt

ML_S_PER_L_MIN = 1000.0 / 60.0
CLAMP_LIMIT_MMHG_S_PER_ML = 6000.0  # physics reference 3.4: cut at 1e5 mmHg min/L
WALL_FALLS_MMHG, WALL_FREE_MMHG, WALL_TAU_S = 0.0, 0.8, 0.1  # tunable after [LIM]: effectively a wall at 0-2 mmHg
CLAMP_OPEN_MMHG_S_PER_ML = 0.002  # tunable: what a clamp adds as it begins to bite


class Drop(NamedTuple):
    """Pressure lost along an edge (mmHg) at the present flow, and d(drop)/d(flow) (mmHg s/mL)."""

    mmhg: Num
    slope: Num


def add(first: Drop, second: Drop) -> Drop:
    """Two resistances in series: the drops and the slopes add."""
    return Drop(first.mmhg + second.mmhg, first.slope + second.slope)


def linear(q: Num, r_mmhg_s_ml: Num) -> Drop:
    """A plain resistance.

    drop = R q
    """
    return Drop(r_mmhg_s_ml * q, r_mmhg_s_ml)


def cannula_coefficient(m_number: float, viscosity_cp: Num) -> Num:
    """Return k of `drop = k q |q|**0.75` (q in mL/s) for a cannula of the given M-number.

    dP = 10**M mu**0.25 Q**1.75 / 7.161e6   (mu in poise, Q in mL/min)   [MALG][GAN19]
    """
    constant = power(10.0, m_number) * power(60.0, 1.75) / 7.161e6
    return constant * quarter_power(viscosity_cp / 100.0)


def turbulent(q: Num, k: Num) -> Drop:
    """Flow through a cannula or a rough orifice.

    drop = k q |q|**0.75
    """
    root = sqrt(absolute(q))
    three_quarters = root * sqrt(root)
    return Drop(k * q * three_quarters, 1.75 * k * three_quarters)


def tube(q: Num, laminar_k: Num, blasius_k: Num) -> Drop:
    """A tube: laminar or Blasius, whichever is larger.

    laminar = 128 mu l q / (pi d**4);  Blasius = 0.2414 mu**0.25 rho**0.75 l q**1.75 / d**4.75   (reference 3.4)

    Both coefficients come from `tube_coefficients`.
    """
    root = sqrt(absolute(q))
    three_quarters = root * sqrt(root)
    is_turbulent = blasius_k * three_quarters > laminar_k
    per_flow = select(is_turbulent, blasius_k * three_quarters, laminar_k)
    slope = select(is_turbulent, 1.75 * blasius_k * three_quarters, laminar_k)
    return Drop(q * per_flow, slope)


def tube_coefficients(bore_mm: float, length_m: float, viscosity_cp: Num) -> tuple[Num, Num]:
    """Return (laminar_k, blasius_k) of a tube for flows in mL/s and drops in mmHg; density 1055 kg/m3."""
    bore_m, pa_per_mmhg = bore_mm / 1000.0, 133.322
    laminar = 128.0 * 1e-3 * length_m / (3.141592653589793 * bore_m * bore_m * bore_m * bore_m) * 1e-6 / pa_per_mmhg
    per_cp = 0.2414 * quarter_power(1e-3) * power(1055.0, 0.75) * length_m / power(bore_m, 4.75)
    blasius = per_cp * power(1e-6, 1.75) / pa_per_mmhg
    return laminar * viscosity_cp, blasius * quarter_power(viscosity_cp)


def clamp_resistance(closed: Num) -> Num:
    """Resistance that a clamp or kink adds, in mmHg s/mL; closed runs from 0 to 1.

    R = R0 (1/(1-x)**4 - 1), never above 6000 (reference 3.4)
    """
    gap = 1.0 - closed
    gap4 = gap * gap * gap * gap
    least_gap4 = CLAMP_OPEN_MMHG_S_PER_ML / (CLAMP_LIMIT_MMHG_S_PER_ML + CLAMP_OPEN_MMHG_S_PER_ML)
    return CLAMP_OPEN_MMHG_S_PER_ML / most(gap4, least_gap4) - CLAMP_OPEN_MMHG_S_PER_ML


def oxygenator_exponent(viscosity_cp: Num) -> Num:
    """Exponent of an oxygenator's pressure drop: 1.8024 exp(-0.099 mu) [LIM]."""
    return 1.8024 * exp(-0.099 * viscosity_cp)


def oxygenator(q: Num, k: Num, exponent: Num) -> Drop:
    """A hollow-fibre oxygenator.

    drop = ((6 mu - 4.2659)/2.2) Q**e, Q in L/min, times the clot factor [LIM]; k holds all but Q**e
    """
    litres = most(absolute(q) / ML_S_PER_L_MIN, 0.01)
    per_flow = k * power(litres, exponent - 1.0) / ML_S_PER_L_MIN
    return Drop(per_flow * q, per_flow * exponent)


class HeadCurve(NamedTuple):
    """Centrifugal-pump coefficients (per rpm and L/min, as charts give them) and the share kept in reverse."""

    a_mmhg_rpm2: Num
    b_mmhg_rpm_l_min: Num
    c_mmhg_l_min2: Num
    k_reverse: Num


def pump_head(q: Num, rpm: Num, curve: HeadCurve) -> tuple[Num, Drop]:
    """Head of a centrifugal pump and its inner drop; valid in all four quadrants.

    H = a n**2 (times k_reverse turned backwards) - b |n| Q - c Q |Q|   [reference 1.1]

    A stopped rotor leaves a mere resistance: it does not stop backflow, the clamp does.
    """
    head = curve.a_mmhg_rpm2 * rpm * rpm * select(rpm < 0.0, curve.k_reverse, 1.0)
    litres = q / ML_S_PER_L_MIN
    speed = absolute(rpm)
    drop = curve.b_mmhg_rpm_l_min * speed * litres + curve.c_mmhg_l_min2 * litres * absolute(litres)
    slope = (curve.b_mmhg_rpm_l_min * speed + 2.0 * curve.c_mmhg_l_min2 * absolute(litres)) / ML_S_PER_L_MIN
    return head, Drop(drop, slope)


def viscosity_cp(hb_g_l: Num, temp_c: Num = 37.0) -> Num:
    """Viscosity of blood, haematocrit taken as 3 x Hb.

    mu = 1.2 exp(0.0255 Hct% + 0.035 (37 - T))   (reference 5.5: rises 50-300 % from 37 to 22 degC [ECK]; here 69 %, tunable)
    """
    return 1.2 * exp(0.0255 * 0.3 * hb_g_l + 0.035 * (37.0 - temp_c))


def suck_down(q: Num, wall: Num) -> Drop:
    """A vein wall drawn onto a drainage cannula; `wall` runs from 0 (free) to 1 (on the holes).

    R = 25 wall**2 mmHg s/mL (tunable); only forward flow sucks
    """
    return linear(q, select(q > 0.0, 25.0 * wall * wall, 0.0))


def wall_moves(drawn: Num, wall: Num, across_mmhg: Num, step_s: float) -> tuple[Num, Num]:
    """Return whether the wall is drawn (1) or free (0), and where it is a step later.

    It falls onto the holes below 0 mmHg across it and springs back above 0.8, each in 0.1 s (tunable): with venous blood coming in
    meanwhile that chatters at 1-3 Hz (reference 3.5).
    """
    drawn = select(across_mmhg < WALL_FALLS_MMHG, 1.0, select(across_mmhg > WALL_FREE_MMHG, 0.0, drawn))
    return drawn, wall + step_s / (WALL_TAU_S + step_s) * (drawn - wall)
