"""What anyone at the bedside sees, hears and finds: the whole machine at a glance, and what a closer look shows."""

from collections.abc import Iterable, Mapping, Sequence

from drill.circuit import looks
from drill.circuit.compiler import Model
from drill.circuit.consoles import Consoles
from drill.circuit.controls import CONTROLS
from drill.circuit.displays import LOW_PERFUSION_PULSE_MMHG
from drill.circuit.gas import GAS
from drill.circuit.interlocks import ELECTRONIC_CLAMP
from drill.circuit.looks import FINDINGS
from drill.circuit.lungs import SEDATED_AT
from drill.circuit.scene import LineView, PumpView, Scene
from drill.circuit.sensors import bubble_site
from drill.circuit.wiring import main_way
from drill.errors import NameUnknownError

FROTH_SEEN_ML, CLOT_SEEN, GAS_SEEN = 0.5, 0.1, 0.002  # what an eye makes out; tunable
CREPT_SEEN = 0.05  # share of gas that an eye minds in a side line behind its shut clamp, where some creeps in; tunable


class Eyes:
    """The eyes on one machine, over its array of slots `v` (read as plain floats)."""

    def __init__(self, model: Model, v: Sequence[float], consoles: Consoles, controls: Mapping[str, float]) -> None:
        """Know where everything that can be seen stands; a roller has an arrow that says which way it is cranked."""
        circuit = model.circuit
        self._v, self._consoles, self._controls = v, consoles, controls
        self._model, self._index = model, model.slots.index
        pump = next(p for p in circuit.parts if p.id == circuit.sites["pump"])
        self._pump, self._head_ml = pump.id, pump.params["volume_ml"]
        arrow = "arrow_clockwise" if pump.params["crank_gear"] > 0.0 else "arrow_anticlockwise"
        self._arrow, self._turns_rpm = ([arrow], 5.0) if pump.kind == "roller" else ([], 60.0)
        self._open_at_rest = tuple(c for part in circuit.parts for c in part.clamps if CONTROLS[c].default < 0.5 and c != ELECTRONIC_CLAMP)
        lung = next(p for p in circuit.parts if p.id == circuit.sites["oxygenator"])
        beside = [p for p in circuit.parts if (p.inlet, p.outlet) == (lung.inlet, lung.outlet) and p is not lung]
        self._shunts = tuple(c for part in beside for c in part.clamps)
        self._lines = tuple(self._line(part.id) for part in circuit.parts)
        self._off_by = {p.id: p.off_by for p in circuit.parts if p.off_by}
        self._ways_round = {clamp: p.way_round for p in circuit.parts if p.way_round for clamp in p.clamps}
        way = set(main_way(circuit))
        self._way = tuple((p.id, tuple(c for c in p.clamps if CONTROLS[c].default > 0.5)) for p in circuit.parts if p.id in way)

    def motor_lamp(self) -> bool:
        """Whether the console in use is up and shows its motor fault."""
        box = self._consoles
        return box.in_use == "console" and self._of("flag:motor_failed") > 0.5 and box.ready("console", self._controls)

    def look(self, target: str) -> tuple[str, ...]:
        """Return what a look at a place finds, in words of `looks.FINDINGS`."""
        if target not in FINDINGS:
            raise NameUnknownError("thing to look at", target, FINDINGS)
        box = self._consoles
        if target == "pump_head":
            found = ["turning" if abs(self._of("true:pump_rpm")) > self._turns_rpm else "standing"]
            if box.loose:
                found.append("off_its_magnets")
            if self._of("true:gas_in_head_ml") > FROTH_SEEN_ML:
                found.append("froth")
            if self._of(f"clot:{self._pump}") > CLOT_SEEN:
                found.append("clot")
            return (*(["clean"] if len(found) == 1 else []), *found, *self._arrow)
        if target == "console":
            if not box.powered(box.in_use, self._controls):
                return ("dark",)
            if not box.ready(box.in_use, self._controls):
                return ("booting",)
            return ("alive", "motor_fault_lamp") if self.motor_lamp() else ("alive",)
        if target == "mains_and_switch":
            switch = "switch_on" if self._controls["isolation_switch"] > 0.5 else "isolation_switch_off"
            return (switch, "mains_on" if self._controls["mains_power"] > 0.5 else "mains_off")
        if target == "oxygenator_colour":
            return ("bright",) if self._of("true:sat_post_pct") > 92.0 else ("dark",)
        if target in {"sweep_flowmeter", "gas_line", "oxygenator_exhaust"}:
            return self._look_at_gas(target)
        return self._look_around(target)

    def _look_around(self, target: str) -> tuple[str, ...]:
        """Return what is found on the patient and along the lines."""
        if target == "patient":
            return looks.patient(
                ejects=self._of("true:pulse_pressure_mmhg") > LOW_PERFUSION_PULSE_MMHG,
                water_pct=self._of("true:lung_water_pct"),
                cough_mmhg=self._of("cough_mmhg") * max(0.0, 1.0 - self._of("effect:sedative") / SEDATED_AT),
                bleed_ml_min=self._of("bleed_ml_min"),
            )
        if target == "line":
            lines = self.scene().lines
            return looks.line(
                gas=any(
                    max(lines[part].gas_fractions, default=0.0) > self._least_seen(clamps)
                    for part, clamps in self._way
                    if lines[part].there
                ),
                controls=self._controls,
                kinks=self._most("kink:"),
                holes=self._most("hole:"),
                shakes=self._most("shakes:"),
                clamps=self._open_at_rest,
                shunts=self._shunts,
            )
        if target == "new_oxygenator":
            new = self.scene().lines.get(self._model.circuit.sites.get("second_oxygenator", ""))
            return looks.new_oxygenator(max(new.gas_fractions) if new is not None and new.there else None)
        if target == "flow_probe":
            return ("loose",) if self._of("lost:flow_l_min") > 0.5 else ("seated",)
        if target in {"drainage_line", "bubble_sensor", "reservoir", "cannula_site", "central_line"}:
            return self._look_for_gas(target)
        return looks.ultrasound(self._of("pericardium_mmhg"), self._of("pneumothorax_mmhg"))

    def _least_seen(self, side_clamps: Iterable[str]) -> float:
        """Return the share of gas from which a line shows it: `side_clamps` are those that shut it off the way at rest."""
        return CREPT_SEEN if any(self._controls[name] > looks.CLAMP_SEEN for name in side_clamps) else GAS_SEEN

    def _look_for_gas(self, target: str) -> tuple[str, ...]:
        """Return what is found where gas comes in, and where the bubble sensor sits."""
        if target == "drainage_line":
            line = self._model.circuit.sites["svo2"]
            gas = self.scene().lines[line].gas_fractions
            return looks.drainage_line(self._controls, self._of(f"kink:{line}"), sum(gas) / len(gas))
        if target == "bubble_sensor":
            seen = max(self.scene().lines[bubble_site(self._model.circuit)].gas_fractions)
            return looks.bubble_sensor(seen, loose=self._of("lost:bubble_ml") > 0.5)
        if target == "reservoir":
            return looks.reservoir(self._of("true:reservoir_ml"), self._of("shown:reservoir_ml"))
        return looks.cannula_site(self._controls) if target == "cannula_site" else looks.central_line(self._controls)

    def _of(self, slot: str) -> float:
        """Return one number of the state, 0 where this machine has none of that name."""
        return float(self._v[self._index[slot]]) if slot in self._index else 0.0

    def _most(self, prefix: str) -> float:
        return max((float(self._v[at]) for name, at in self._index.items() if name.startswith(prefix)), default=0.0)

    def _look_at_gas(self, target: str) -> tuple[str, ...]:
        if target == "sweep_flowmeter":
            return ("flowing",) if self._of("supply:metered_ml_s") > 1.0 else ("off",)
        if target == "gas_line":
            return looks.gas_line(self._controls, self._of("true:cylinder_l"))
        ox = self._model.circuit.sites["oxygenator"]
        water, plasma = (self._of(f"{name}:{ox}") for name in ("water", "plasma_leak_ml_min"))
        return looks.exhaust(self._controls, water, plasma)

    def scene(self) -> Scene:
        """Return what anyone at the bedside sees of the machine."""
        v, box = self._v, self._consoles
        lines: dict[str, LineView] = {}
        for part, flow, whole, there, o2, hb, gases, volume_ml in self._lines:
            sats = tuple([min(1.0, max(0.0, v[c] / max(1.36e-3 * v[h], 1e-6))) for c, h in zip(o2, hb, strict=True)])
            gas = tuple([sum([v[i] for i in one]) for one in gases])
            here = there is None or v[there] > 0.0
            off = part in self._off_by and self._controls[self._off_by[part]] > looks.CLAMP_SEEN
            cut = off or (whole is not None and v[whole] < 1.0)
            lines[part] = LineView(v[flow], sats, gas, volume_ml, here and cut, here)
        clot = self._of(f"clot:{self._pump}") > CLOT_SEEN
        pump = PumpView(v[self._index[f"rpm:{self._pump}"]], box.head_on, self._of("true:gas_in_head_ml") / self._head_ml, clot)
        return Scene(
            lines=lines,
            pump=pump,
            console_lit=box.powered(box.in_use, self._controls),
            console_booting_s=box.booting_s(self._controls),
            backup_console_here=box.backup_here,
            motor_lamp=self.motor_lamp(),
            compressions=self._controls["compressions"] > 0.5,
            pool_ml=self._of("true:reservoir_ml") if "reservoir" in self._model.circuit.sites else None,
            ways_round=self._ways_round,
        )

    def _line(self, part: str) -> tuple[str, int, int | None, int | None, list[int], list[int], list[list[int]], float]:
        """Return where what is seen of one part stands: flow, whether whole, whether there, O2, Hb and gas of each cell; its volume."""
        index, edge = self._index, self._model.net.edges[part]
        o2, hb = ([index[f"{what}:{part}:{k}"] for k in range(edge.cells)] for what in ("o2", "hb"))
        gases = [[index[f"{gas}:{part}:{k}"] for gas in GAS] for k in range(edge.cells)]
        whole, there = index.get(f"whole:{part}"), index.get(f"there:{part}")
        return part, index[f"flow:{part}"], whole, there, o2, hb, gases, edge.cells * edge.cell_ml
