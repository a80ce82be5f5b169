"""The machine with its patient: set controls, inject faults, tick, read. Everything above this floor goes through here."""

from array import array
from collections.abc import Callable, Mapping
from operator import itemgetter
from typing import Any

import numpy as np
from numpy.typing import NDArray

from drill.circuit import acts, alarms, alarmspec, interlocks
from drill.circuit.alarms import Alarm, AlarmBoard, AlarmEvent, AlarmLimit
from drill.circuit.body import FLUIDS
from drill.circuit.compiler import Bench, Model, build
from drill.circuit.consoles import EQUIPMENT, Consoles, DriveFaults
from drill.circuit.controls import CONTROLS
from drill.circuit.displays import Displays
from drill.circuit.drugs import DRUGS
from drill.circuit.eyes import Eyes
from drill.circuit.interlocks import ELECTRONIC_CLAMP, Hold, Interlocks, Standing
from drill.circuit.labs import Result, Samples
from drill.circuit.readings import GROUPS, READINGS, SHOWN
from drill.circuit.scene import Scene
from drill.circuit.spec import CircuitSpec, PatientSpec
from drill.circuit.step import interpreted
from drill.circuit.wiring import PATIENT_SITES, VENOUS
from drill.errors import CircuitError, NameUnknownError, ValueRangeError
from drill.units import SUBSTEPS_PER_TICK

SPRINGS_BACK = ("defibrillator",)  # a push button: it has acted once a tick has seen it
Advance = Callable[[Any], None]


def compile_kernel(circuit: CircuitSpec, patient: PatientSpec | Bench) -> str:
    """Return the kernel of a circuit with a patient as one module's text for the compiled runner."""
    return build(circuit, patient).compiled_text()


class Plant:
    """One circuit with one patient, or on a bench. All pressures in mmHg, flows as their names say.

    `measured` names the readings that it has: a bench has none of a patient.
    """

    def __init__(
        self, circuit: CircuitSpec, patient: PatientSpec | Bench, advance: Advance | None = None, substeps: int = SUBSTEPS_PER_TICK
    ) -> None:
        """Build and stand at the first state. `advance` is one compiled tick over a float64 array; None = plain Python.

        `substeps` a tick other than the usual are for tests of the method's order.
        """
        self._model: Model = build(circuit, patient, substeps)
        self._fingerprint = self._model.fingerprint
        self._index = self._model.slots.index
        self._advance: Advance = advance or interpreted(self._model)
        first: Any = list(self._model.slots.first) if advance is None else np.array(self._model.slots.first)
        self._x: Any = first
        self._v: Any = first if advance is None else memoryview(first)  # the same numbers as plain floats: reading numpy's is slow
        self._controls = {c.name: c.default for c in CONTROLS.values()}
        pump = next(p for p in circuit.parts if p.id == circuit.sites["pump"])
        gear, up, down = (pump.params[name] for name in ("crank_gear", "tau_run_s", "tau_down_s"))
        self._consoles = Consoles(circuit.drives, gear, up, down, has_boot=pump.kind == "roller")
        self._interlocks = Interlocks(circuit)
        self._board = AlarmBoard((*alarmspec.alarm_specs(circuit.alarms), *alarmspec.interlock_alarms(self._interlocks.rows)))
        self._samples = Samples()
        index = self._index
        self.measured = tuple(name for name in READINGS if self._model.slow.writes(index[f"true:{name}"]))
        self._displays = Displays(self._model.slots, self._x, self._v, self._consoles, self._controls, self.measured)
        places = [*(index[f"true:{name}"] for name in READINGS), *(index[f"shown:{name}"] for name in SHOWN)]
        self._all, self._places = itemgetter(*places), np.array(places)
        self._flags = itemgetter(*(index[f"flag:{name}"] for name in DriveFaults._fields))
        self._rpm_at, self._head_off_at, self._motor_at = index[f"rpm:{pump.id}"], index["flag:head_off"], index["flag:motor_failed"]
        self._live_at = index["machine_live"]
        self._boot_out_at = index.get(f"boot_out:{pump.id}")
        self._lent_at = index.get(f"lent:{circuit.sites.get('spare', '')}")
        self._drive_at = (index[f"rpm_target:{pump.id}"], index[f"rpm_tau:{pump.id}"], index["drive_rpm"])
        self._battery_at, self._tach_at, self._cool_at = index["battery_pct"], index["crank_tach"], index["heater:cut"]
        self._eyes = Eyes(self._model, self._v, self._consoles, self._controls)
        self._tick = 0
        self.moves = 0  # of controls, so far: whoever keeps a copy of them knows by it when to look again
        self._bench = isinstance(patient, Bench)
        self._stands: tuple[object, ...] = ()  # what `_look_again` last looked at
        self._hosts: frozenset[str] = frozenset()
        self._lit: dict[str, int] = {}
        self._blank: frozenset[str] = frozenset()
        for name, value in {**alarmspec.starting(circuit.alarms), **interlocks.starting(circuit.interlocks)}.items():
            self.set(name, value)

    # -- hands --------------------------------------------------------------------------------------------------

    def set(self, name: str, value: float) -> None:
        """Move a control; the value must lie in its range."""
        control = CONTROLS.get(name)
        if control is None:
            raise NameUnknownError("control", name, CONTROLS)
        if not control.low <= value <= control.high:
            raise ValueRangeError(f"{name} cannot be {value:g}: it goes from {control.low:g} to {control.high:g} ({control.unit})")
        self._controls[name] = float(value)
        self.moves += 1
        self._x[self._index[f"in:{name}"]] = float(value)
        if name == "pressure_lines":
            self._displays.refresh()
        if value > 0.5:
            self._interlocks.rearm(name)
        elif name == ELECTRONIC_CLAMP:
            self._interlocks.let_go()

    def control(self, name: str) -> float:
        """Return how a control stands."""
        if name not in self._controls:
            raise NameUnknownError("control", name, self._controls)
        return self._controls[name]

    def controls(self) -> Mapping[str, float]:
        """Return how every control stands, by name; the mapping follows later moves."""
        return self._controls

    def inject(self, fault: str, parameters: Mapping[str, float], part: str | None = None) -> None:
        """Let a fault begin in a part of the circuit; None = where faults of its kind usually sit."""
        controls, slots = acts.fault_writes(self._model, fault, parameters, part)
        for name, value in controls.items():
            self.set(name, value)
        for slot, value in slots.items():
            self._x[self._index[slot]] = value
        self._displays.refresh()

    def mend(self, group: str) -> None:
        """Put right the sensors of a group of `sensors.GROUPS`: zero them, free them, give them their contact."""
        if group not in GROUPS:
            raise NameUnknownError("group of sensors", group, GROUPS)
        self._displays.mend(group)

    def sample(self, lab: str) -> None:
        """Draw a sample for a test of `labs.LABS`: its result, of this moment's values, is back after its turnaround."""
        self._samples.draw(self._tick, lab, self.true)

    def samples(self) -> tuple[Result, ...]:
        """Return all samples, the oldest first; one is back once its `due_tick` is over."""
        return tuple(self._samples.all)

    def fits(self, fault: str, part: str) -> None:
        """Raise CircuitError or NameUnknownError where a fault cannot sit in this part."""
        acts.fault_writes(self._model, fault, {}, part)

    def cut(self, part: str) -> None:
        """Cut a part out of the circuit: both ends stand open to the air."""
        acts.cut(self._model, self._x, part)

    def join(self, part: str) -> None:
        """Join a part that was cut out."""
        acts.cut(self._model, self._x, part, joined=True)

    def is_cut(self, part: str) -> bool:
        """Whether a part is cut out of the circuit."""
        return acts.is_cut(self._model, self._x, part)

    def fresh(self, part: str, caught_ml: float = 0.0) -> None:
        """Put the spare in the place of a part that is cut out, with the gas that `spare_gas_pct` says and what the connections catch."""
        volume = acts.volume_ml(self._model, part)
        self.replace(part, min(volume, self._controls["spare_gas_pct"] / 100.0 * volume + caught_ml))

    def clear(self, fault: str, part: str | None = None) -> None:
        """Undo by hand what a fault changed, in one part or wherever it fits."""
        for name, value in acts.clear(self._model, self._x, fault, part).items():
            self.set(name, value)

    def release(self, part: str) -> None:
        """Let the gas out of a part by its port, tipping and tapping it; prime takes its place."""
        acts.release(self._model, self._x, part)

    def pour(self, part: str, ml: float) -> None:
        """Pour prime into an open vessel, mL."""
        acts.pour(self._model, self._x, part, ml)

    def replace(self, part: str, gas_ml: float = 0.0) -> None:
        """Put a fresh, primed part in the place of one that is cut out; `gas_ml` stay in it."""
        acts.replace(self._model, self._x, part, gas_ml=gas_ml)

    def syringe(self, tap: str, act: str, ml: float) -> None:
        """Put a syringe to a tap: "draw" gas first and then blood, push "prime", or push "air"."""
        acts.syringe(self._model, self._x, tap, act=act, ml=ml)

    def move_head(self, where: str, towards: str = "") -> None:
        """Put the pump head on one of `consoles.PLACES`, or into the hands ("moving", `towards` the next)."""
        self._consoles.move_head(where, towards)

    def give(self, drug: str, amount: float) -> None:
        """Give a drug as a bolus; `amount` in usual boluses."""
        if drug not in DRUGS:
            raise NameUnknownError("drug", drug, DRUGS)
        if not 0.0 <= amount <= 10.0:
            raise ValueRangeError(f"a dose of {amount:g} is outside 0 to 10 usual boluses")
        self._add(f"{drug}_given", amount)

    def infuse(self, volume_ml: float, over_s: float, kind: str = "clear") -> None:
        """Run volume into a vein, mL over s; what still runs is added to. `kind` is one of body.FLUIDS: clear fluid or blood."""
        if kind not in FLUIDS:
            raise NameUnknownError("kind of fluid", kind, FLUIDS)
        if not 0.0 <= volume_ml <= 2000.0:
            raise ValueRangeError(f"an infusion of {volume_ml:g} mL is outside 0 to 2000 mL")
        slot = FLUIDS[kind].slot
        self._add(f"{slot}_left_ml", volume_ml)
        self._x[self._index[f"{slot}_ml_s"]] = volume_ml / max(over_s, 1.0)

    def bring(self, thing: str) -> None:
        """Equipment has arrived at the bedside."""
        if thing not in EQUIPMENT:
            raise NameUnknownError("equipment", thing, EQUIPMENT)
        if thing == "backup_console":
            self._consoles.bring_backup()

    def _add(self, slot: str, amount: float) -> None:
        index = self._index[slot]
        self._x[index] = float(self._x[index]) + float(amount)

    # -- time ---------------------------------------------------------------------------------------------------

    def tick(self) -> None:
        """Advance by 20 ms: drives, kernel (ten substeps, slow body, sensors), alarms."""
        x, box, controls = self._v, self._consoles, self._controls
        rpm = x[self._rpm_at]
        faults = DriveFaults._make(self._flags(x))
        target, tau, measured = self._drive_at
        x[target], x[tau], x[measured] = box.tick(controls, self.moves, faults, rpm, self._interlock())
        x[self._head_off_at] = 0.0
        x[self._battery_at] = box.battery_pct if box.in_use == "console" else 100.0
        x[self._tach_at] = rpm if box.head_on == "emergency_drive" else 0.0
        x[self._live_at] = 1.0 if box.live else 0.0
        if self._lent_at is not None:
            x[self._lent_at] = 1.0 if box.head_on == "spare_head" else 0.0
        if self._boot_out_at is not None:
            x[self._boot_out_at] = 1.0 if box.boot_out else 0.0
        self._advance(self._x)
        self._tick += 1
        for name in SPRINGS_BACK:
            if controls[name] > 0.0:
                self.set(name, 0.0)
        for result in self._samples.due(self._tick):
            self._displays.report(result.values)
        self._look_again()
        self._board.update(self._tick, x)

    def _look_again(self) -> None:
        """Know what is lit and what can alarm or trip: anew only where something has changed that decides it."""
        displays, box, rows = self._displays, self._consoles, self._interlocks
        stands = (self.moves, box.changes, displays.changes, rows.changes, displays.weak(), self._v[self._motor_at] > 0.5)
        if stands == self._stands:
            return
        self._stands, controls = stands, self._controls
        self._hosts = hosts = displays.hosts()
        self._lit = lit = displays.lit(hosts)
        self._blank = frozenset(SHOWN).difference(lit)
        heard = hosts.difference([host for host, switch in alarms.SWITCHES.items() if controls[switch] < 0.5])
        rows.watch(lit, controls, hosts)
        self._board.watch(lit, controls, self._conditions(), heard)

    def _interlock(self) -> Hold:
        """Let the interlocks act on the displays of the tick before."""
        self._look_again()
        rows = self._interlocks
        if rows.quiet(self._v):
            hold = rows.hold
        else:
            cranked, shut = self._consoles.head_on == "emergency_drive", rows.shut
            hold = rows.act(self._tick, self._guarded(), self._controls, self._hosts, cranked=cranked)
            if hold.clamp != shut:
                self.set(ELECTRONIC_CLAMP, float(hold.clamp))
        self._v[self._cool_at] = 1.0 if hold.cool else 0.0
        return hold

    def _guarded(self) -> dict[str, float | None]:
        """Return what the interlocks look at, None where it is blank."""
        return {name: self._v[self._lit[name]] if name in self._lit else None for name in self._interlocks.readings}

    def _conditions(self) -> dict[str, bool]:
        """Return what the devices say of themselves."""
        said = self._interlocks.said(self._controls)
        said["motor_fault"] = self._eyes.motor_lamp()
        said["on_battery"] = self._consoles.in_use == "console" and self._controls["mains_power"] < 0.5
        said["no_signal"] = self._displays.no_signal
        return said

    # -- readings -----------------------------------------------------------------------------------------------

    def true(self, name: str) -> float:
        """Return a true reading."""
        if name not in READINGS:
            raise NameUnknownError("reading", name, READINGS)
        return float(self._x[self._index[f"true:{name}"]])

    def shown(self, name: str) -> float | None:
        """Return what the display shows, None where it is blank."""
        if name not in SHOWN:
            raise NameUnknownError("shown reading", name, SHOWN)
        return self._displays.shown(name)

    # -- for the lab, which may look inside ---------------------------------------------------------------------

    @property
    def slots(self) -> Mapping[str, int]:
        """The names of all numbers of the state, such as `p:ra`, with their places in `state()`."""
        return self._index

    def state(self) -> list[float]:
        """Return all numbers of the state."""
        return [float(value) for value in self._v]

    def number(self, slot: str) -> float:
        """Return one number of the state by its name."""
        if slot not in self._index:
            raise NameUnknownError("number of the state", slot, self._index)
        return float(self._v[self._index[slot]])

    def impose(self, map_mmhg: float | None = None, cvp_mmhg: float | None = None) -> None:
        """Change the pressures that a bench imposes. Raises CircuitError where there is a patient."""
        if not self._bench:
            raise CircuitError("pressures can be imposed on a bench only: here a patient makes them")
        for name in PATIENT_SITES.values():
            value = cvp_mmhg if name in VENOUS else map_mmhg
            if value is not None:
                self._v[self._index[f"p:{name}"]] = float(value)

    def numbers(self) -> NDArray[np.float64]:
        """Return all true readings in the order of READINGS, and behind them all displays in the order of SHOWN, lit or blank."""
        return np.array(self._all(self._v)) if self._v is self._x else self._x.take(self._places)

    def blank(self) -> frozenset[str]:
        """Return the displays that show nothing."""
        self._look_again()
        return self._blank

    def readings(self) -> tuple[list[float], list[float | None]]:
        """Return all true readings in the order of READINGS, and all displays in the order of SHOWN, None where one is blank."""
        blank, numbers = self.blank(), self._all(self._v)
        shown = [None if name in blank else at for name, at in zip(SHOWN, numbers[len(READINGS) :], strict=True)]
        return list(numbers[: len(READINGS)]), shown

    def note(self, name: str) -> str:
        """Return why a live display shows no number ("" where it does)."""
        return self._displays.note(name)

    def alarms(self) -> tuple[Alarm, ...]:
        """Return active and latched alarms, the most urgent first."""
        return self._board.alarms()

    def active_alarms(self) -> frozenset[str]:
        """Return the ids of the active alarms: cheaper than `alarms` where nobody reads them."""
        return self._board.active()

    def alarm_log(self) -> tuple[AlarmEvent, ...]:
        """Return what has alarmed so far, the oldest first."""
        return self._board.events()

    def alarm_limits(self) -> tuple[AlarmLimit, ...]:
        """Return every alarm on a reading with its limit as it is set now."""
        return self._board.limits(self._controls)

    def interlocks(self) -> tuple[Standing, ...]:
        """Return how each interlock of this machine stands."""
        self._look_again()
        return self._interlocks.standing(self._guarded(), self._controls, self._hosts)

    def acknowledge(self, tick: int, alarm_id: str | None = None) -> None:
        """Acknowledge one alarm, or all."""
        self._board.acknowledge(tick, alarm_id)

    def forget(self) -> None:
        """Let go what has alarmed and is over, as somebody does who takes over a machine that runs."""
        self._board.forget()

    def audio_pause(self, tick: int) -> None:
        """Pause the sound of the alarms."""
        self._board.audio_pause(tick)

    def audio_pause_s(self, tick: int) -> float:
        """Return the seconds left of an audio pause."""
        return self._board.audio_pause_s(tick)

    # -- eyes ---------------------------------------------------------------------------------------------------

    def look(self, target: str) -> tuple[str, ...]:
        """Return what a look at a place finds, in words of `looks.FINDINGS`."""
        return self._eyes.look(target)

    def scene(self) -> Scene:
        """Return what anyone at the bedside sees of the machine."""
        return self._eyes.scene()

    def wave(self) -> tuple[float | None, float | None, float | None, float | None, str]:
        """Return (ECG phase 0-1, arterial pressure, CVP, pleth, rhythm) of this tick; None = no signal, as its number has none."""
        if self._bench:
            return None, None, None, None, "beating"
        x, index = self._x, self._index
        art, mean = float(x[index["p:ao_asc"]]), self.true("map_mmhg")
        pleth = None if self.shown("spo2_right_hand_pct") is None else (art - mean) / 40.0
        rhythm, stilled = float(x[index["rhythm"]]), float(x[index["arrest"]]) > 0.9  # cardioplegia stills any rhythm
        word = "standstill" if stilled or rhythm > 1.5 else "fibrillation" if rhythm > 0.5 else "beating"
        return (
            None if self.shown("hr_bpm") is None else float(x[index["phase"]]),
            None if self.shown("map_mmhg") is None else art,
            None if self.shown("cvp_mmhg") is None else float(x[index["p:ra"]]),
            pleth,
            word,
        )

    # -- state --------------------------------------------------------------------------------------------------

    @property
    def model(self) -> str:
        """The fingerprint of the physics: other laws, other wiring or another start give another one."""
        return self._fingerprint

    def state_bits(self) -> bytes:
        """Return the raw bits of the whole state, drives and their timers included."""
        boxes = repr((sorted(self._consoles.save().items()), self._interlocks.save(), self._samples.save()))
        return (array("d", self._x) if self._v is self._x else self._v).tobytes() + boxes.encode()

    def save(self) -> dict[str, object]:
        """Return the full state as JSON data, floats as exact hexadecimal text."""
        return {
            "tick": self._tick,
            "x": [float(v).hex() for v in self._v],
            "consoles": self._consoles.save(),
            "interlocks": self._interlocks.save(),
            "alarms": self._board.save(),
            "samples": self._samples.save(),
        }

    def load(self, saved: Mapping[str, object]) -> None:
        """Take up what `save` gave, for the same circuit and patient."""
        numbers, tick, samples = saved.get("x"), saved.get("tick"), saved.get("samples")
        boxes = [box for name in ("consoles", "interlocks", "alarms") if isinstance(box := saved.get(name), Mapping)]
        fits = isinstance(numbers, list) and len(numbers) == len(self._x) and len(boxes) == 3
        if not (fits and isinstance(numbers, list) and isinstance(tick, int) and isinstance(samples, list)):
            raise CircuitError("this saved state is of another circuit or engine: build the plant that it was saved from")
        for i, text in enumerate(numbers):
            self._x[i] = float.fromhex(str(text))
        for name, control in CONTROLS.items():
            stands = float(self._x[self._index[f"in:{name}"]])
            # at its default it is as written there, 0 and not 0.0, whoever has moved it before: the log shows it
            self._controls[name] = control.default if stands == control.default else stands
        self.moves += 1
        self._consoles.load(boxes[0])
        self._interlocks.load(boxes[1])
        self._board.load(boxes[2])
        self._samples.load(tick, samples)
        self._tick = tick
        self._displays.refresh()
