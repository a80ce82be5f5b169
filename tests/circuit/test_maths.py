"""Own exp, log and power against their true values to forty digits, and the half wave."""

import math
from decimal import Context, Decimal

from hypothesis import given
from hypothesis import strategies as st

from drill.circuit.maths import exp, half_wave, log, power

EXACT = Context(prec=40)


def _ulps(found: object, wanted: Decimal) -> float:
    """How far a number is from the true value, in units of the last place of the true value's double."""
    assert isinstance(found, float)
    return float(abs(Decimal(found) - wanted) / Decimal(math.ulp(float(wanted))))


@given(st.floats(-600, 600))
def test_exp_is_within_one_ulp(x: float) -> None:
    """Exp is within one unit in the last place of the true value."""
    assert _ulps(exp(x), EXACT.exp(Decimal(x))) <= 1.0


@given(st.one_of(st.floats(1e-28, 1e28), st.floats(0.7, 1.45), st.floats(-28, 28).map(lambda e: 10.0**e)))
def test_log_is_within_one_ulp(x: float) -> None:
    """Log is within one unit in the last place of the true value, also near 1, where it is exactly 0."""
    if x == 1.0:
        assert log(x) == 0.0
    else:
        assert _ulps(log(x), EXACT.ln(Decimal(x))) <= 1.0


@given(st.floats(1e-6, 1e6), st.floats(-3, 3))
def test_power_loses_what_its_exponent_magnifies_and_no_more(base: float, exponent: float) -> None:
    """Power is within 2 ulp, and 1.5 more for each unit of |exponent ln(base)|, since exp magnifies the rounding of its argument."""
    wanted = EXACT.power(Decimal(base), Decimal(exponent))

    assert _ulps(power(base, exponent), wanted) <= 2.0 + 1.5 * abs(exponent * math.log(base))


@given(st.floats(0, math.pi))
def test_half_wave_is_sin_squared(angle: float) -> None:
    """The contraction's shape is sin squared to rounding."""
    found = half_wave(angle)
    assert isinstance(found, float)

    assert abs(found - math.sin(angle) ** 2) < 1e-15
