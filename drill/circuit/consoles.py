"""The boxes that turn the pump: main console, emergency drive and backup console; mains, battery, boot, motor.

A console without power is dark and its displays are blank. Power that comes back boots for some seconds and then has
the speed that its knob still shows.
"""

from collections.abc import Mapping

from drill.errors import NameUnknownError
from drill.units import TICK_S

PLACES = ("console", "emergency_drive", "backup_console", "moving")


class Consoles:
    """Where the pump head sits and what turns it. Speeds in rpm, times in s."""

    def __init__(self, drives: Mapping[str, float], gear: float, tau_run_s: float, tau_down_s: float) -> None:
        """Take boot time, crank gear (rotor turns per handle turn) and time constants from the circuit's data."""
        self._boot_s = drives.get("boot_s", 8.0)
        self._gear, self._tau_run_s, self._tau_down_s = gear, tau_run_s, tau_down_s
        self.head_on = "console"
        self.in_use = "console"
        self.backup_here = False
        self._boot_left = {"console": 0.0, "backup_console": self._boot_s}

    def move_head(self, where: str) -> None:
        """Put the head on a drive, or take it into the hands ("moving")."""
        if where not in PLACES:
            raise NameUnknownError("place of the pump head", where, PLACES)
        self.head_on = where
        if where in self._boot_left:
            self.in_use = where

    def powered(self, box: str, controls: Mapping[str, float]) -> bool:
        """Whether a console gets power at all."""
        if box == "console":
            return controls["isolation_switch"] > 0.5 and controls["console_power"] > 0.5
        return self.backup_here and controls["backup_power"] > 0.5

    def ready(self, box: str, controls: Mapping[str, float]) -> bool:
        """Whether a console is powered and has booted."""
        return self.powered(box, controls) and self._boot_left[box] <= 0.0

    def booting_s(self, controls: Mapping[str, float]) -> float:
        """Seconds that the console in use still boots (0 = up, or dark)."""
        return self._boot_left[self.in_use] if self.powered(self.in_use, controls) else 0.0

    def tick(self, controls: Mapping[str, float], *, motor_failed: bool) -> tuple[float, float]:
        """Advance boot timers by one tick; return the rotor's (target rpm, time constant s)."""
        for box in self._boot_left:
            if not self.powered(box, controls):
                self._boot_left[box] = self._boot_s
            elif self._boot_left[box] > 0.0:
                self._boot_left[box] = max(0.0, self._boot_left[box] - TICK_S)
        if self.head_on == "emergency_drive":
            return controls["crank_rpm"] * self._gear, self._tau_run_s
        if self.head_on in self._boot_left and self.ready(self.head_on, controls) and not motor_failed:
            return controls["pump_rpm_set"], self._tau_run_s
        return 0.0, self._tau_down_s

    def save(self) -> dict[str, object]:
        """Return the state as JSON data."""
        return {
            "head_on": self.head_on,
            "in_use": self.in_use,
            "backup_here": self.backup_here,
            "boot_left": {box: left.hex() for box, left in self._boot_left.items()},
        }

    def load(self, saved: Mapping[str, object]) -> None:
        """Take up what `save` gave."""
        self.head_on, self.in_use = str(saved["head_on"]), str(saved["in_use"])
        self.backup_here = saved["backup_here"] is True
        boot = saved["boot_left"]
        if isinstance(boot, Mapping):
            self._boot_left = {box: float.fromhex(str(left)) for box, left in boot.items()}
