"""What guards the patient: interlocks, alarms and their limits, and which way of each is the safer one."""

from collections.abc import Mapping
from typing import Final

from drill.circuit.controls import CONTROLS
from drill.circuit.interlocks import INTERLOCKS

_NEAR: Final = 1e-9
_LEFT_OUT: Final = ("limit_temp_low_c",)  # who cools on purpose moves it


def _ways() -> dict[str, int]:
    ways = dict.fromkeys(("console_alarms", "monitor_alarms", "monitor_power"), 1)
    for row in INTERLOCKS.values():
        ways |= {row.arm: 1, row.override: -1, row.limit: -row.sign}
    for name in CONTROLS:
        if name not in ways and (name.startswith("limit_") or name == "flow_alarm_low_l_min"):
            ways[name] = 1 if "_low_" in name else -1
    return {name: way for name, way in ways.items() if name not in _LEFT_OUT}


GUARDS: Final[Mapping[str, int]] = _ways()
"""Every control that guards, with +1 where more of it is safer, -1 where less is."""


def lowered(controls: Mapping[str, float], found: Mapping[str, float]) -> list[str]:
    """Return the guards that stand less safe than they were found; one that either does not name is none of them."""
    return [
        name for name, way in GUARDS.items() if name in controls and name in found and way * (controls[name] - found[name]) < -_NEAR
    ]
