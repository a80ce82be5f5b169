"""Own exp, log and power against the library's, and the half wave."""

import math

from hypothesis import given
from hypothesis import strategies as st

from drill.circuit.maths import exp, half_wave, log, power


def _ulps(found: object, wanted: float) -> float:
    assert isinstance(found, float)
    return abs(found - wanted) / math.ulp(wanted)


@given(st.floats(-600, 600))
def test_exp_is_within_one_ulp(x: float) -> None:
    """Own exp differs from the library's by one unit in the last place at most."""
    assert _ulps(exp(x), math.exp(x)) <= 1.0


@given(st.floats(1e-28, 1e28))
def test_log_is_within_two_ulps(x: float) -> None:
    """Own log differs from the library's by two units in the last place at most, also near 1."""
    if x != 1.0:
        assert _ulps(log(x), math.log(x)) <= 2.0


@given(st.floats(1e-6, 1e6), st.floats(-3, 3))
def test_power_is_close(base: float, exponent: float) -> None:
    """Power agrees to a few parts in 1e14 over the range that the laws use."""
    found = power(base, exponent)
    assert isinstance(found, float)

    assert abs(found / base**exponent - 1.0) < 5e-14


@given(st.floats(0, math.pi))
def test_half_wave_is_sin_squared(angle: float) -> None:
    """The contraction's shape is sin squared to rounding."""
    found = half_wave(angle)
    assert isinstance(found, float)

    assert abs(found - math.sin(angle) ** 2) < 1e-15
