"""Oxygen in blood. Contents are mL O2 (STPD) per mL of blood; Hb in g/L; PO2 in mmHg at blood temperature.

`shift` leads from PO2 to the virtual PO2 at which the curve of 37 degC, pH 7.40 is read (acid_base.oxygen_shift).
"""

from drill.circuit.trace import Num, absolute, between, select

O2_PER_G_HB = 1.36  # mL O2 per g Hb, physics reference 4.1
O2_SOLUBILITY = 3.1e-5  # mL O2 per mL blood per mmHg, physics reference 4.1


def saturation(po2_mmhg: Num) -> Num:
    """Return the saturation (0-1) at a PO2 above zero.

    S = 1 / (23400/(P**3 + 150 P) + 1)   [SEV]
    """
    p3 = po2_mmhg * po2_mmhg * po2_mmhg + 150.0 * po2_mmhg
    return p3 / (23400.0 + p3)


def content(po2_mmhg: Num, hb_g_l: Num, shift: Num = 1.0) -> Num:
    """Return the O2 content.

    C = 1.36 Hb S(shift P) + 0.0031 P   (per dL; here per mL)
    """
    return O2_PER_G_HB * hb_g_l / 1000.0 * saturation(shift * po2_mmhg) + O2_SOLUBILITY * po2_mmhg


def po2_of(o2_content: Num, hb_g_l: Num, po2_before: Num, shift: Num = 1.0, rounds: int = 2) -> Num:
    """Return the PO2 of a content, starting from the PO2 a moment ago.

    Newton on C(P) - content with the step held to 20 mmHg: a few rounds a tick follow blood as it changes.
    """
    bound = O2_PER_G_HB * hb_g_l / 1000.0
    p = po2_before
    for _ in range(rounds):
        v = shift * p
        p3 = v * v * v + 150.0 * v
        below = 23400.0 + p3
        slope = bound * 23400.0 * (3.0 * v * v + 150.0) * shift / (below * below) + O2_SOLUBILITY
        miss = bound * p3 / below + O2_SOLUBILITY * p - o2_content
        p = between(p - between(miss / slope, -20.0, 20.0), 0.01, 760.0)
    return p


def saturation_of(o2_content: Num, hb_g_l: Num, po2: Num) -> Num:
    """Return the saturation (0-1) of a content whose PO2 is known: what is not dissolved is bound."""
    bound = O2_PER_G_HB * hb_g_l / 1000.0
    return between((o2_content - O2_SOLUBILITY * po2) / select(absolute(bound) > 1e-9, bound, 1e-9), 0.0, 1.0)
