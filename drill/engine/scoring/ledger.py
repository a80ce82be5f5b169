"""The harm ledger: what the drill cost the patient, from true readings, counted from the first perceivable sign.

`scenarios.quantities` names the quantities and says what they mean; here is how each is counted. A quantity that no
model computes has no place here: a zero would be a lie.
"""

from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from itertools import pairwise
from typing import Final

from drill.engine.frame import Frame, MissingReadingError
from drill.scenarios.quantities import QUANTITIES
from drill.units import seconds

# Limits are local targets (tunable); `scenarios.quantities` states the same numbers in words.
NO_FLOW_L_MIN: Final = 0.5
MAP_LIMIT_MMHG: Final = 55.0
SAT_LIMIT_PCT: Final = 88.0
SWEEP_OFF_L_MIN: Final = 0.1
DARK_BELOW_PCT: Final = 92.0  # as an eye calls it dark
LOW_SVO2_PCT: Final = 60.0  # delivery no longer meets demand, local target
EJECTING_PULSE_MMHG: Final = 10.0
EJECTING_MAP_MMHG: Final = 35.0

Count = Callable[[Sequence[Frame]], float]


def _time(harmful: Callable[[Frame], bool]) -> Count:
    """Seconds in which it held: each frame stands for the time since the frame before it."""

    def count(frames: Sequence[Frame]) -> float:
        return seconds(sum(now.tick - before.tick for before, now in pairwise(frames) if harmful(now)))

    return count


def _gained(reading: str) -> Count:
    """How much a running total has grown since the first sign."""
    return lambda frames: frames[-1].true[reading] - frames[0].true[reading]


def _highest(reading: str) -> Count:
    return lambda frames: max(frame.true[reading] for frame in frames)


def _lowest(reading: str) -> Count:
    return lambda frames: min(frame.true[reading] for frame in frames)


def _no_flow(frame: Frame) -> bool:
    return frame.true["flow_l_min"] < NO_FLOW_L_MIN


def _low_map(frame: Frame) -> bool:
    return frame.true["map_mmhg"] < MAP_LIMIT_MMHG


def _low_sat(frame: Frame) -> bool:
    return frame.true["sao2_pct"] < SAT_LIMIT_PCT


def _flow_without_sweep(frame: Frame) -> bool:
    return frame.true["flow_l_min"] > NO_FLOW_L_MIN and frame.true["sweep_l_min"] < SWEEP_OFF_L_MIN


def _dark_return(frame: Frame) -> bool:
    return frame.true["flow_l_min"] > NO_FLOW_L_MIN and frame.true["sat_post_pct"] < DARK_BELOW_PCT


def _low_svo2(frame: Frame) -> bool:
    return frame.true["svo2_pct"] < LOW_SVO2_PCT


def _carried(frame: Frame) -> bool:
    """Whether heart or pump keeps blood moving: a pump that does leaves the heart little to eject."""
    moved = frame.true["pulse_pressure_mmhg"] > EJECTING_PULSE_MMHG or frame.true["flow_l_min"] > NO_FLOW_L_MIN
    return moved and frame.true["map_mmhg"] > EJECTING_MAP_MMHG


def _compressed_while_ejecting(frames: Sequence[Frame]) -> float:
    """Only the moment before compressions begin can tell: afterwards the pulse is that of the hands."""
    total, wrong = 0, False
    for before, now in pairwise(frames):
        pressing = now.controls.get("compressions", 0.0) > 0
        if pressing and before.controls.get("compressions", 0.0) <= 0:
            wrong = _carried(before)
        if pressing and wrong:
            total += now.tick - before.tick
    return seconds(total)


COUNTS: Final[Mapping[str, Count]] = {
    "no_flow_s": _time(_no_flow),
    "backflow_ml": _gained("backflow_ml"),
    "map_below_limit_s": _time(_low_map),
    "map_min_mmhg": _lowest("map_mmhg"),
    "sat_below_limit_s": _time(_low_sat),
    "oxygen_debt_ml": _gained("oxygen_debt_ml"),
    "flow_without_sweep_s": _time(_flow_without_sweep),
    "dark_return_s": _time(_dark_return),
    "svo2_below_limit_s": _time(_low_svo2),
    "gas_to_patient_ml": _gained("gas_to_patient_ml"),
    "gas_to_brain_ml": _gained("gas_to_brain_ml"),
    "blood_lost_ml": _gained("blood_lost_ml"),
    "drained_ml": lambda frames: max(frame.true["reservoir_ml"] for frame in frames) - frames[0].true["reservoir_ml"],
    "air_drawn_ml": _gained("air_drawn_ml"),
    "p_pre_max_mmhg": _highest("p_pre_mmhg"),
    "p_ven_min_mmhg": _lowest("p_ven_mmhg"),
    "compressions_ejecting_s": _compressed_while_ejecting,
}


def harm_ledger(frames: Sequence[Frame]) -> dict[str, float]:
    """Return each quantity over these frames, the first of which is the first sign's; empty without frames.

    What an old run has no reading for is left out: a zero would be a lie.
    """
    ledger = {}
    for name in QUANTITIES if frames else ():
        with suppress(MissingReadingError):
            ledger[name] = round(COUNTS[name](frames), 6)
    return ledger


def crossed(quantity: str, amount: float, limit: float) -> bool:
    """Say whether an amount is worse than its limit, whichever way is worse."""
    return amount < limit if QUANTITIES[quantity].worse == "down" else amount > limit


def crossing(quantity: str, frames: Sequence[Frame], limit: float) -> Frame | None:
    """Return the first frame at which the quantity was worse than its limit.

    Every quantity only gets worse with time, so that a binary search finds the frame.
    """
    if not frames or not crossed(quantity, COUNTS[quantity](frames), limit):
        return None
    low, high = 0, len(frames) - 1
    while low < high:
        middle = (low + high) // 2
        if crossed(quantity, COUNTS[quantity](frames[: middle + 1]), limit):
            high = middle
        else:
            low = middle + 1
    return frames[low]
