"""The log as the trainee reads it: what happened, in words, never what it means and never what is hidden."""

from typing import Final

from drill.circuit.controls import CLAMP_CLOSED, CONTROLS
from drill.engine.actions import YOU
from drill.engine.entries import Entry
from drill.engine.snapshot import LogLine
from drill.engine.team import Team
from drill.scenarios.schema import Tasks
from drill.units import ticks

KEPT_LINES: Final = 200
CLOSE_TO_AN_END: Final = 1 - CLAMP_CLOSED
KNOB_PAUSE_TICKS: Final = ticks(2)  # tunable: a knob turned on and on is one line
HANDLED_BY_JOBS: Final = ("crank_rpm", "compressions")
DRIVES: Final = {
    "console": "Pump head on the main console",
    "emergency_drive": "Pump head on the emergency drive",
    "backup_console": "Pump head on the backup console",
    "spare_head": "Boot in the spare head",
    "moving": "Pump head off its drive",
}
CONTROL_TITLES: Final = {
    "clamp_return": "Return clamp",
    "clamp_drainage": "Drainage clamp",
    "clamp_pump_outlet": "Pump outlet clamp",
    "clamp_post_ox": "Post-oxygenator clamp",
    "clamp_distal_perfusion": "Distal perfusion clamp",
    "clamp_ox_inlet": "Oxygenator inlet clamp",
    "clamp_pronto_in": "Bridge inlet clamp",
    "clamp_pronto_out": "Bridge outlet clamp",
    "clamp_pronto_recirculation": "Second lung's recirculation clamp",
    "gas_hose_second": "Gas line on the lung:",
    "water_second": "Water lines on the lung:",
    "lung_tapped": "Second lung tapped:",
    "tap_drainage": "Drainage tap",
    "port_drainage": "Port on the drainage line",
    "central_line": "Central line",
    "cannula_out": "Drainage cannula",
    "tap_post_ox": "Post-oxygenator tap",
    "vent_ox": "Oxygenator vent",
    "pump_rpm_set": "Speed set",
    "head_down": "Table",
    "line_walked": "Drainage line walked:",
    "spare_links": "Servo links on the spare head",
    "console_power": "Console power",
    "isolation_switch": "Isolation switch",
    "backup_power": "Backup console power",
    "sweep_l_min": "Sweep gas",
    "fdo2_pct": "FdO2",
    "vent_fio2_pct": "Ventilator FiO2",
    "flow_alarm_low_l_min": "Low-flow alarm limit",
    "bubble_stop": "Bubble interlock",
    "level_stop": "Level interlock",
    "pressure_stop": "Line pressure interlock",
    "runaway_stop": "Runaway protection",
    "backflow_stop": "Backflow protection",
    "water_cutout": "Water over-temperature cut-out",
    "override_bubble": "Bubble override",
    "override_level": "Level override",
    "override_pressure": "Line pressure override",
    "override_runaway": "Runaway override",
    "override_backflow": "Backflow override",
    "override_water": "Water cut-out override",
    "clamp_electronic": "Electronic clamp",
    "heparin_iu_h": "Heparin",
    "noradrenaline_mcg_min": "Noradrenaline",
    "adrenaline_mcg_min": "Adrenaline",
    "pacing_bpm": "Pacemaker",
    "defibrillator": "Defibrillator",
    "hose_wall_o2": "Oxygen hose at the wall",
    "hose_wall_air": "Air hose at the wall",
    "gas_source": "Sweep gas from",
    "monitor_power": "Monitor power",
    "heater_power": "Heater-cooler power",
    "analyser_power": "Oxygen analyser power",
    "console_alarms": "Console alarms",
    "monitor_alarms": "Monitor alarms",
    "water_temp_c": "Water temperature",
    "water_flow_l_min": "Water flow",
    "vent_l_min": "Ventilation",
    "vent_peep_cmh2o": "PEEP",
    "vaporiser_pct": "Vaporiser",
    "spare_gas_pct": "Gas left in the spare",
    "suction_rpm": "Suction head",
    "vent_rpm": "Vent head",
    "cardioplegia_rpm": "Cardioplegia head",
    "spare_rpm": "Spare head",
    "vacuum_mmhg": "Vacuum on the reservoir",
    "limit_p_ven_low_mmhg": "P ven low limit",
    "limit_p_pre_high_mmhg": "P pre high limit",
    "limit_p_post_high_mmhg": "P post high limit",
    "limit_dp_ox_high_mmhg": "Delta-P high limit",
    "limit_svo2_low_pct": "SvO2 low limit",
    "limit_level_low_ml": "Level low limit",
    "limit_fdo2_low_pct": "FdO2 low limit",
    "limit_water_high_c": "Water high limit",
    "limit_map_low_mmhg": "MAP low limit",
    "limit_map_high_mmhg": "MAP high limit",
    "limit_cvp_high_mmhg": "CVP high limit",
    "limit_spo2_low_pct": "SpO2 low limit",
    "limit_nirs_low_pct": "NIRS low limit",
    "limit_temp_low_c": "Temperature low limit",
    "limit_temp_high_c": "Temperature high limit",
    "limit_bubble_ml": "Bubble stop at",
    "limit_level_stop_ml": "Level stop at",
    "limit_line_mmhg": "Line pressure stop at",
    "limit_runaway_rpm": "Runaway stop, over the set speed",
    "limit_backflow_l_min": "Backflow stop at",
    "limit_water_c": "Water cut-out at",
}
BYPASS_TITLES: Final = {"clamp_return": "Arterial clamp", "clamp_drainage": "Venous clamp"}  # the same clamps, as a perfusionist calls them
JOB_WORDS: Final = {"start": "", "done": ": done", "stopped": ": stopped"}
ALARM_WORDS: Final = {"on": "{}", "off": "{}: over", "ack": "Alarms acknowledged", "pause": "Alarm sound paused"}
OUTCOMES: Final = {"time_limit": "Time is up", "stopped": "Stopped"}


class Lines:
    """Turns entries into log lines, as they are written."""

    def __init__(self, tasks: Tasks, team: Team, outcomes: dict[str, str], *, kind: str = "") -> None:
        """Know the words of the pack and of this `kind` of machine; `outcomes` gives each ending stage's title."""
        self._kind = kind
        self._words = {each.id: each.title for kind in (tasks.tasks, tasks.looks) for each in kind}
        self._texts = {saying.id: saying.text for saying in tasks.sayings}
        self._team = team
        self._outcomes = {**OUTCOMES, **outcomes}
        self._lines: list[LogLine] = []
        self._knob = ""

    def tail(self) -> tuple[LogLine, ...]:
        """Return the latest lines, oldest first."""
        return tuple(self._lines)

    def feed(self, entry: Entry) -> None:
        """Take one entry in; tick 0 is how things stand, not what happened."""
        if entry["k"] == "frame" or entry["t"] == 0:
            return
        kind, text = self._line(entry)
        if not text:
            return
        knob = entry["name"] if entry["k"] == "control" else ""
        if knob and knob == self._knob and entry["t"] - self._lines[-1].tick <= KNOB_PAUSE_TICKS:
            self._lines.pop()
        self._knob = knob
        self._lines.append(LogLine(entry["t"], kind, text))
        del self._lines[:-KEPT_LINES]

    def _line(self, entry: Entry) -> tuple[str, str]:
        match entry["k"]:
            # What no hand has moved is for eyes to find: a line would give the cause away.
            case "control" if entry["who"] and entry["name"] not in HANDLED_BY_JOBS:
                return "act", control_line(entry["name"], entry["value"], self._kind)
            case "refused":
                return "act", f"Not done: {entry['reason']}"
            case "job":
                return "team", f"{self._who(entry['who'])}: {self._words[entry['task']]}{JOB_WORDS[entry['state']]}"
            case "look":
                seen = ", ".join(str(finding).replace("_", " ") for finding in entry["findings"]) or "nothing to see"
                return "act", f"{self._words[entry['target']]}: {seen}"
            case "say":
                return "say", f"{self._who(entry['who'])}: “{self._texts[entry['id']]}”"
            case "person":
                return "team", f"{self._who(entry['who'])}: {'here' if entry['state'] == 'here' else 'called'}"
            case "drive":
                return "machine", DRIVES.get(entry["at"], str(entry["at"]))
            case "alarm":
                waited = f": {entry['text']}" if entry["state"] == "ack" and entry["text"] else ""
                return "alarm", ALARM_WORDS[entry["state"]].format(entry["text"]) + waited
            case "note":
                return "team", str(entry["text"])
            case "end":
                return "end", self._outcomes.get(entry["outcome"], str(entry["outcome"]))
            case _:
                return "", ""

    def _who(self, who: str) -> str:
        return "You" if who == YOU else self._team[who].title


def control_line(name: str, value: float, kind: str = "") -> str:
    """Return "Return clamp closed" ("Arterial clamp closed" on bypass), "Speed set 3500 rpm": a control and how it stands now."""
    title = (BYPASS_TITLES.get(name) if kind == "cpb" else None) or CONTROL_TITLES.get(name) or name.replace("_", " ").capitalize()
    control = CONTROLS.get(name)
    if control is None:  # an older run may know a control that is no more
        return f"{title} {value:g}"
    ends = control.unit.removeprefix("0 ").split(" - 1 ")
    if len(ends) == 1:
        return f"{title} {value:g} {control.unit}"
    if CLOSE_TO_AN_END <= value <= 1 - CLOSE_TO_AN_END:
        return f"{title} {value * 100:.0f} % {ends[1]}"
    return f"{title} {ends[value > CLOSE_TO_AN_END]}"
