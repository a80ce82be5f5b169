"""The boxes that turn the pump: main console, emergency drive and backup console; mains, battery, boot, motor, magnets.

A console without power is dark and its displays are blank. Power that comes back boots for some seconds and then has
the speed that its knob still shows. A head that has come off its magnets stands while the motor turns on; it takes hold
again only when it is seated anew with the motor slow. On the heart-lung machine each head is a module with its own power
switch; a boot moved to the spare head is turned by that head's knob, whichever way, and no interlock stops it until the
servo links are assigned to it.
"""

from collections.abc import Mapping
from typing import NamedTuple

from drill.circuit.interlocks import FREE, Hold
from drill.errors import NameUnknownError
from drill.units import TICK_S

EQUIPMENT = ("backup_console", "spare_oxygenator", "spare_circuit", "spare_head")  # what can be brought to the bedside
PLACES = ("console", "emergency_drive", "backup_console", "spare_head", "moving")
COUPLES_BELOW_RPM = 200.0  # magnets do not take hold at speed, tunable


class DriveFaults(NamedTuple):
    """What is wrong with the drive and the kernel does not compute: 1 where it is so; `battery_lost` a share, `runaway_rpm` in rpm."""

    motor_failed: float = 0.0
    head_off: float = 0.0
    battery_lost: float = 0.0
    runaway_rpm: float = 0.0
    cut_fails: float = 0.0


class Drive(NamedTuple):
    """What turns the rotor in this tick: its target (rpm) and time constant (s), and what the console measures (rpm)."""

    target_rpm: float
    tau_s: float
    measured_rpm: float


class Consoles:
    """Where the pump head sits and what turns it. Speeds in rpm, times in s."""

    def __init__(self, drives: Mapping[str, float], gear: float, tau_run_s: float, tau_down_s: float, *, has_boot: bool = False) -> None:
        """Take boot time, battery, seat of the flow probe, crank gear (rotor turns per handle turn) and time constants of the data."""
        self._boot_s = drives.get("boot_s", 8.0)
        self._full_min = drives.get("battery_min", 60.0)
        self._probe_in_drive = drives.get("probe_in_drive", 1.0) > 0.5
        self._gear, self._tau_run_s, self._tau_down_s = gear, tau_run_s, tau_down_s
        self.head_on = "console"
        self.in_use = "console"
        self.backup_here = False
        self.loose = False
        self._has_boot, self.boot_out = has_boot, False
        self._motor_rpm = 0.0
        self._charge(self._full_min)
        self._boot_left = {"console": 0.0, "backup_console": self._boot_s}
        self.changes = 0  # of where the head is and what has power: whoever keeps an answer knows by it when to ask again
        self.live = self.backup_live = False
        self._rests: tuple[object, ...] | None = None  # given these, timers and battery stand still

    def bring_backup(self) -> None:
        """The backup console has come to the bedside."""
        self.backup_here = True
        self.changes += 1

    def move_head(self, where: str, towards: str = "") -> None:
        """Put the head, or a roller's boot, on a drive, or take it into the hands ("moving"); seated on a slow motor it takes hold.

        `towards` says where hands are taking it: a boot leaves its raceway, and is an open tube, only from or to the spare head.
        """
        if where not in PLACES:
            raise NameUnknownError("place of the pump head", where, PLACES)
        self.boot_out = self._has_boot and where == "moving" and "spare_head" in (towards, self.head_on)
        if where == "console":
            self.loose = self._motor_rpm > COUPLES_BELOW_RPM
        elif where in self._boot_left:
            self.loose = False
        self.head_on = where
        self.changes += 1
        if where in self._boot_left:
            self.in_use = where

    def powered(self, box: str, controls: Mapping[str, float]) -> bool:
        """Whether a console gets power at all: the isolation switch cuts mains and battery."""
        if box == "console":
            fed = controls["mains_power"] > 0.5 or self.battery_min > 0.0
            return fed and controls["isolation_switch"] > 0.5 and controls["console_power"] > 0.5
        return self.backup_here and controls["backup_power"] > 0.5

    def ready(self, box: str, controls: Mapping[str, float]) -> bool:
        """Whether a console is powered and has booted."""
        return self.powered(box, controls) and self._boot_left[box] <= 0.0

    def booting_s(self, controls: Mapping[str, float]) -> float:
        """Seconds that the console in use still boots (0 = up, or dark)."""
        return self._boot_left[self.in_use] if self.powered(self.in_use, controls) else 0.0

    @property
    def probe_left(self) -> bool:
        """Whether the flow and bubble sensor stayed behind with the drive: one that sits on the line does not."""
        return self._probe_in_drive and self.head_on != self.in_use

    def tick(self, controls: Mapping[str, float], moves: int, faults: DriveFaults, rotor_rpm: float, hold: Hold = FREE) -> Drive:
        """Advance timers and the main motor by one tick. `rotor_rpm` is the rotor's speed, `moves` counts what controls have moved.

        `hold` is what the interlocks of the console in use take of its speed; a drive that has run away obeys a cut alone.
        """
        given = (moves, self.changes, faults.battery_lost)
        if given != self._rests:
            self._rests = None if self._age(controls, faults.battery_lost) else given
            live, backup = self.ready("console", controls), self.ready("backup_console", controls)
            self.changes += (live, backup) != (self.live, self.backup_live)
            self.live, self.backup_live = live, backup
        cut = hold.cut and faults.cut_fails < 0.5
        turning = self.live and controls["module_power"] > 0.5 and faults.motor_failed < 0.5 and not cut
        asked = controls["pump_rpm_set"] * hold.speed
        wanted = (faults.runaway_rpm or asked) if turning else 0.0
        self._motor_rpm += TICK_S / (self._tau_run_s + TICK_S) * (wanted - self._motor_rpm)
        if faults.head_off > 0.5 and self.head_on == "console":
            self.loose = True
        if self.head_on == "emergency_drive":
            return Drive(controls["crank_rpm"] * self._gear, self._tau_run_s, 0.0)
        if self.head_on == "backup_console":
            ready = self.backup_live  # a cut is of the main drive's own power
            return Drive(asked if ready else 0.0, self._tau_run_s if ready else self._tau_down_s, rotor_rpm)
        if self.head_on == "spare_head":
            ready = self.live
            share = hold.speed if controls["spare_links"] > 0.5 else 1.0  # a cut is of the arterial module's own power
            return Drive(controls["spare_rpm"] * share if ready else 0.0, self._tau_run_s if ready else self._tau_down_s, self._motor_rpm)
        if self.head_on == "console" and not self.loose:
            return Drive(wanted, self._tau_run_s if turning else self._tau_down_s, rotor_rpm)
        return Drive(0.0, self._tau_down_s, self._motor_rpm if self.in_use == "console" else 0.0)

    def _age(self, controls: Mapping[str, float], battery_lost: float) -> bool:
        """Boot timers and the battery: it drains by the clock without mains, at once by what a fault has taken of it.

        Return whether any of them moved.
        """
        before = (*self._boot_left.values(), self.battery_min)
        for box in self._boot_left:
            if not self.powered(box, controls):
                self._boot_left[box] = self._boot_s
            elif self._boot_left[box] > 0.0:
                self._boot_left[box] = max(0.0, self._boot_left[box] - TICK_S)
        self._charge(min(self.battery_min, self._full_min * (1.0 - battery_lost)))
        if controls["mains_power"] < 0.5 and self.powered("console", controls):
            self._charge(max(0.0, self.battery_min - TICK_S / 60.0))
        return (*self._boot_left.values(), self.battery_min) != before

    def _charge(self, left_min: float) -> None:
        """Know how long the main console's battery lasts, and what that is of a full one."""
        self.battery_min = left_min
        self.battery_pct = 100.0 * left_min / max(self._full_min, 1e-9)

    def save(self) -> dict[str, object]:
        """Return the state as JSON data."""
        return {
            "head_on": self.head_on,
            "in_use": self.in_use,
            "backup_here": self.backup_here,
            "loose": self.loose,
            "boot_out": self.boot_out,
            "motor_rpm": self._motor_rpm.hex(),
            "battery_min": self.battery_min.hex(),
            "boot_left": {box: left.hex() for box, left in self._boot_left.items()},
        }

    def load(self, saved: Mapping[str, object]) -> None:
        """Take up what `save` gave."""
        self.head_on, self.in_use = str(saved["head_on"]), str(saved["in_use"])
        self.backup_here, self.loose = saved["backup_here"] is True, saved["loose"] is True
        self.boot_out = saved.get("boot_out") is True
        self._motor_rpm = float.fromhex(str(saved["motor_rpm"]))
        self._charge(float.fromhex(str(saved["battery_min"])))
        boot = saved["boot_left"]
        if isinstance(boot, Mapping):
            self._boot_left = {box: float.fromhex(str(boot[box])) for box in self._boot_left}
        self.changes, self._rests = self.changes + 1, None
