"""exp, log, power and a half-wave from + - * / and sqrt alone, so that every machine gives the same bits.

Library functions differ in their last bit between processors; replay compares bits. Polynomials are the
textbook series, cut where the next term is below half a unit in the last place over the reduced range.
"""

from drill.circuit.trace import Num, select, sqrt

_LN2_HIGH = 0.6931471803691238  # ln 2 split in two, so that k * high is exact for |k| < 2048
_LN2_LOW = 1.9082149292705877e-10
_LOG2_E = 1.4426950408889634
_ROUND = 6755399441055744.0  # 1.5 * 2**52: adding and subtracting it rounds to a whole number
_EXP_TERMS = tuple(1.0 / f for f in (6227020800, 479001600, 39916800, 3628800, 362880, 40320, 5040, 720, 120, 24, 6, 2))
_SQRT2 = 1.4142135623730951


def exp(value: Num) -> Num:
    """Return e**value for -700 <= value <= 700; values outside are held at the ends.

    Reduces to |r| <= ln(2)/2 and rebuilds 2**k from its binary digits by selects.
    """
    held = select(value < -700.0, -700.0, select(value > 700.0, 700.0, value))
    k = (held * _LOG2_E + _ROUND) - _ROUND
    r = (held - k * _LN2_HIGH) - k * _LN2_LOW
    series: Num = _EXP_TERMS[0]
    for term in _EXP_TERMS[1:]:
        series = series * r + term
    return (1.0 + (r + r * r * series)) * _two_to(k)


def _two_to(k: Num) -> Num:
    """Return 2**k for a whole k between -1023 and 1023."""
    rest = select(k < 0.0, -k, k)
    power: Num = 1.0
    for digit in (512.0, 256.0, 128.0, 64.0, 32.0, 16.0, 8.0, 4.0, 2.0, 1.0):
        inside = rest >= digit
        power = select(inside, power * 2.0**digit, power)
        rest = select(inside, rest - digit, rest)
    return select(k < 0.0, 1.0 / power, power)


def log(value: Num) -> Num:
    """Return the natural logarithm for values from 1e-30 to 1e30; values outside are held at the ends."""
    m = select(value < 1e-30, 1e-30, select(value > 1e30, 1e30, value))
    k: Num = 0.0
    for digit in (64.0, 32.0, 16.0, 8.0, 4.0, 2.0, 1.0):
        big = m >= 2.0**digit
        m, k = select(big, m / 2.0**digit, m), select(big, k + digit, k)
        small = m < 2.0 ** (1.0 - digit)
        m, k = select(small, m * 2.0**digit, m), select(small, k - digit, k)
    high = m > _SQRT2
    m, k = select(high, m * 0.5, m), select(high, k + 1.0, k)
    f = m - 1.0
    half_square = 0.5 * f * f
    s = f / (2.0 + f)
    z = s * s
    series: Num = 2.0 / 21.0
    for odd in (19.0, 17.0, 15.0, 13.0, 11.0, 9.0, 7.0, 5.0, 3.0):
        series = series * z + 2.0 / odd
    # ln(1+f) = f - f*f/2 + s (f*f/2 + z series): the largest term is exact, and the rounding of the others weighs little
    return k * _LN2_HIGH - ((half_square - (s * (half_square + z * series) + k * _LN2_LOW)) - f)


def power(base: Num, exponent: Num) -> Num:
    """Return base**exponent for a positive base."""
    return exp(exponent * log(base))


def quarter_power(value: Num) -> Num:
    """Return value**0.25 of a value that is not negative, by two exact square roots."""
    return sqrt(sqrt(value))


def half_wave(angle: Num) -> Num:
    """Return sin(angle)**2 for 0 <= angle <= pi: the rise and fall of a contraction."""
    y = angle - 1.5707963267948966
    z = y * y
    series: Num = 1.0 / 2432902008176640000.0
    for factorial in (6402373705728000.0, 20922789888000.0, 87178291200.0, 479001600.0, 3628800.0, 40320.0, 720.0, 24.0, 2.0):
        series = 1.0 / factorial - series * z
    cosine = 1.0 - series * z
    return cosine * cosine


def ten_to(value: Num) -> Num:
    """Return 10**value for -0.9 <= value <= 0.9, cheaper than `power`: within 0.2 % at the ends, 2e-6 within 0.3.

    e**d = (1 + d**2/10 + d/2 + d**3/120) / (1 + d**2/10 - d/2 - d**3/120), the (3, 3) Pade form
    """
    d = 2.302585092994046 * value
    square = d * d
    even, odd = 1.0 + square / 10.0, d * (0.5 + square / 120.0)
    return (even + odd) / (even - odd)
