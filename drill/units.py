"""The only place where units are converted; the kernel speaks mL, s, mmHg, degC, fractions, mL STPD."""

ML_S_PER_L_MIN = 1000.0 / 60.0
MMHG_PER_CM_BLOOD = 0.776  # physics reference, conversions: density 1.055
TICK_S = 0.02
TICKS_PER_S = 50
SUBSTEPS_PER_TICK = 10
SUBSTEP_S = 0.002
FRAME_TICKS = 5  # director and log: every fifth tick


def ml_s(flow_l_min: float) -> float:
    """Convert L/min to mL/s."""
    return flow_l_min * 1000.0 / 60.0


def l_min(flow_ml_s: float) -> float:
    """Convert mL/s to L/min."""
    return flow_ml_s * 60.0 / 1000.0


def ticks(seconds: float) -> int:
    """Convert seconds to ticks of 20 ms, rounded up, so that a wait is never shorter than written."""
    whole = int(seconds * TICKS_PER_S)
    return whole if whole >= seconds * TICKS_PER_S - 1e-9 else whole + 1


def seconds(tick: int) -> float:
    """Convert ticks of 20 ms to seconds."""
    return tick / TICKS_PER_S
