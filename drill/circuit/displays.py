"""What every display shows: nothing without its host's power or its signal, never a zero that is not there."""

from collections.abc import Collection, Mapping
from collections.abc import Set as AbstractSet
from typing import Any

from drill.circuit.consoles import Consoles
from drill.circuit.readings import GROUPS, LAB, READINGS, SHOWN
from drill.circuit.slots import Slots

LOW_PERFUSION_MAP_MMHG, LOW_PERFUSION_PULSE_MMHG = 45.0, 4.0  # an oximeter loses its signal below; tunable
OXIMETERS = frozenset({"spo2_right_hand_pct", "spo2_left_hand_pct", "spo2_foot_pct"})
FAILURES = ("zero", "stuck", "lost")
PRESSURE_LINES = ("p_pre_mmhg", "p_post_mmhg", "dp_ox_mmhg")  # what the lines at the oxygenator measure


class Displays:
    """The displays of one machine, over its array of slots `x` (read as plain floats through `v`)."""

    def __init__(self, slots: Slots, x: Any, v: Any, consoles: Consoles, controls: Mapping[str, float], measured: Collection[str]) -> None:
        """Know where each display's number stands; what this machine does not measure (`measured`) is never there."""
        self._x, self._v, self._consoles, self._controls = x, v, consoles, controls
        self._index = index = slots.index
        self._contacts = tuple((name, index[f"lost:{name}"]) for name in SHOWN if name != "bubble_ml")  # a dry one sees air
        self._pulse_at, self._map_at = index["true:pulse_pressure_mmhg"], index["true:map_mmhg"]
        self._bench = "phase" not in slots
        self._absent = frozenset(name for name in SHOWN if name not in measured or READINGS[name].host == LAB)
        self._missing = frozenset(SHOWN).difference(measured)
        self.lost: frozenset[str] = frozenset()
        self.no_signal = False  # the console misses a sensor that the circuit has
        self.changes = 0  # of what has a signal, as far as it is looked at
        self.refresh()

    def refresh(self) -> None:
        """Look anew at which sensors have lost their contact: after a fault, a repair, a result or a load."""
        off = PRESSURE_LINES if self._controls["pressure_lines"] < 0.5 else ()
        self.lost = self._missing | {name for name, at in self._contacts if self._v[at] > 0.5} | frozenset(off)
        self.changes += 1
        self.no_signal = any(READINGS[name].host == "console" for name in self.lost - self._absent)

    def mend(self, group: str) -> None:
        """Zero the sensors of a group, free them, give them their contact."""
        for name in GROUPS[group]:
            for failure in FAILURES:
                self._x[self._index[f"{failure}:{name}"]] = 0.0
        self.refresh()

    def report(self, values: Mapping[str, float]) -> None:
        """Show the results of a laboratory."""
        for name, value in values.items():
            self._x[self._index[f"shown:{name}"]], self._x[self._index[f"lost:{name}"]] = value, 0.0
        self.refresh()

    def hosts(self) -> frozenset[str]:
        """Return the hosts that are alive."""
        box, controls = self._consoles, self._controls
        powered = {
            "console": box.ready(box.in_use, controls),
            "crank": box.head_on == "emergency_drive",
            "monitor": controls["monitor_power"] > 0.5,
            "analyser": controls["analyser_power"] > 0.5,
            "heater": controls["heater_power"] > 0.5,
        }
        return frozenset({"flowmeter", LAB, *(host for host, live in powered.items() if live)})

    def silent(self) -> frozenset[str]:
        """Return the displays without a signal: contact lost, probe left behind with the drive, oximeter without a pulse."""
        left_behind = GROUPS["probe"] if self._consoles.probe_left else ()
        return self.lost | {*left_behind, *(OXIMETERS if self.weak() else ())}

    def lit(self, hosts: AbstractSet[str]) -> dict[str, int]:
        """Return where the number of each display stands that is not blank, for the hosts that are alive."""
        silent = self.silent()
        return {name: self._index[f"shown:{name}"] for name in SHOWN if READINGS[name].host in hosts and name not in silent}

    def shown(self, name: str) -> float | None:
        """Return one display, None where it is blank."""
        if READINGS[name].host not in self.hosts() or name in self.silent():
            return None
        return float(self._x[self._index[f"shown:{name}"]])

    def note(self, name: str) -> str:
        """Return why a live display shows no number ("" where it does)."""
        if name in OXIMETERS and self.weak():
            return "no pulse" if name == "spo2_foot_pct" else "low perfusion"
        if name in self.lost and name not in self._absent and READINGS[name].host in self.hosts():
            return "no signal"
        return ""

    def weak(self) -> bool:
        """Whether an oximeter finds no pulse."""
        v = self._v
        return not self._bench and (v[self._pulse_at] < LOW_PERFUSION_PULSE_MMHG or v[self._map_at] < LOW_PERFUSION_MAP_MMHG)
