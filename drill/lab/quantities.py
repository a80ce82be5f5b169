"""What a mark can be asked for beside readings: pressures along the line, transfers, shares, from the state's own numbers."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from drill.circuit.readings import READINGS
from drill.circuit.spec import CircuitSpec
from drill.errors import NameUnknownError
from drill.units import ML_S_PER_L_MIN

O2_PER_G, O2_PER_MMHG = 1.36, 0.0031  # mL/g, mL/dL/mmHg, reference 4.1
AIR_MMHG, WATER_VAPOUR_MMHG = 760.0, 47.0


@dataclass(frozen=True, slots=True)
class Mark:
    """A moment: means of all numbers of the state over its last seconds, and how they change a minute."""

    circuit: CircuitSpec
    index: Mapping[str, int]
    mean: tuple[float, ...]
    per_min: tuple[float, ...]
    time_s: float

    def slot(self, name: str) -> float:
        """Return the mean of one number of the state."""
        if name not in self.index:
            raise NameUnknownError("number of the state", name, self.index)
        return self.mean[self.index[name]]

    def rate(self, name: str) -> float:
        """Return by how much one number of the state grows in a minute."""
        if name not in self.index:
            raise NameUnknownError("number of the state", name, self.index)
        return self.per_min[self.index[name]]

    def read(self, name: str) -> float:
        """Return a reading, `slot:NAME`, `rate:NAME`, `drop:PART` (mmHg), `flow:PART` (L/min), or one of QUANTITIES."""
        kind, colon, rest = name.partition(":")
        if colon and kind == "slot":
            return self.slot(rest)
        if colon and kind == "rate":
            return self.rate(rest)
        if colon and kind == "flow":
            return self.slot(f"flow:{rest}") / ML_S_PER_L_MIN
        if colon and kind == "drop":
            part = next((p for p in self.circuit.parts if p.id == rest), None)
            if part is None:
                raise NameUnknownError(f"part of {self.circuit.id}", rest, [p.id for p in self.circuit.parts])
            return self.pressure(part.inlet) - self.pressure(part.outlet)
        if name in QUANTITIES:
            return QUANTITIES[name](self)
        if name not in READINGS:
            raise NameUnknownError("reading or quantity", name, [*READINGS, *QUANTITIES])
        return self.slot(f"true:{name}")

    def pressure(self, place: str) -> float:
        """Return the mean pressure of a node, as a circuit names it."""
        return self.slot(f"p:{place.removeprefix('patient_')}")

    def number(self, site: str, name: str) -> float:
        """Return a number of the device at a site of the circuit."""
        part = next(p for p in self.circuit.parts if p.id == self.circuit.sites[site])
        return float(part.params[name])


def content(po2_mmhg: float, saturation: float, hb_g_l: float) -> float:
    """Return oxygen in blood, mL/dL."""
    return O2_PER_G * hb_g_l / 10.0 * saturation + O2_PER_MMHG * po2_mmhg


def _head(m: Mark) -> float:
    pump = m.circuit.sites["pump"]
    return -m.read(f"drop:{pump}")


def _o2_transfer(m: Mark) -> float:
    return m.rate(f"port:{m.circuit.sites['oxygenator']}_o2")


def _co2_removal(m: Mark) -> float:
    return -m.rate(f"port:{m.circuit.sites['oxygenator']}_co2")


def _shunt(m: Mark) -> float:
    """Share of blood that would have to pass unchanged: (C_ideal - C_out)/(C_ideal - C_in)."""
    hb = m.read("hb_g_l")
    ideal_po2 = m.read("fdo2_pct") / 100.0 * (AIR_MMHG - WATER_VAPOUR_MMHG) - m.read("pco2_post_mmhg")
    ideal = content(ideal_po2, 1.0, hb)
    out = content(m.read("po2_post_mmhg"), m.read("sat_post_pct") / 100.0, hb)
    into = content(40.0, m.read("svo2_pct") / 100.0, hb)
    return (ideal - out) / (ideal - into)


def _heat_eps(m: Mark) -> float:
    """Heat that the water gives over the most that it could: what the surfaces lose to the room is not in it."""
    ox = next(p for p in m.circuit.parts if p.id == m.circuit.sites["oxygenator"])
    most = m.read("flow_l_min") * 1000.0 * (m.read("water_temp_c") - m.slot(f"heat:{ox.inlet}"))
    return m.rate(f"port:{ox.id}_water") / most


def _body_temp(m: Mark) -> float:
    """Core and shell by their masses, reference 7."""
    return (0.4 * m.slot("temp:core") + 0.53 * m.slot("temp:shell")) / 0.93


def _venous_saturation(m: Mark) -> float:
    """Blood as it comes from the tissues, before any of the circuit's is mixed in."""
    return m.slot("o2:ven") / (O2_PER_G / 1000.0 * m.slot("hb:ven"))


def _recirculation(m: Mark) -> float:
    """R = (SpreO2 - SvO2)/(SpostO2 - SvO2), reference 4.5."""
    venous = _venous_saturation(m)
    return (m.read("svo2_pct") / 100.0 - venous) / (m.read("sat_post_pct") / 100.0 - venous)


def _no_lung_sao2(m: Mark) -> float:
    """CaO2 = CpostO2 - VO2/10 (1/Qeff - 1/Qt), as a saturation in percent, reference 4.5."""
    hb, total = m.read("hb_g_l"), m.read("cardiac_output_l_min")
    effective = m.read("flow_l_min") * (1.0 - _recirculation(m))
    used = -m.rate("port:tissue_o2")
    arterial = content(m.read("po2_post_mmhg"), m.read("sat_post_pct") / 100.0, hb) - used / 10.0 * (1.0 / effective - 1.0 / total)
    return 100.0 * min((arterial - O2_PER_MMHG * m.read("pao2_mmhg")) / (O2_PER_G * hb / 10.0), 1.0)


def _gas_kept(m: Mark) -> float:
    return 1.0 - m.read("gas_to_patient_ml") / max(m.read("air_drawn_ml"), 1e-9)


QUANTITIES: dict[str, Callable[[Mark], float]] = {
    "head_mmhg": _head,
    "dp_per_l_min": lambda m: m.read("dp_ox_mmhg") / m.read("flow_l_min"),
    "o2_transfer_ml_min": _o2_transfer,
    "o2_per_m2": lambda m: _o2_transfer(m) / m.number("oxygenator", "area_m2"),
    "area_m2": lambda m: m.number("oxygenator", "area_m2"),
    "co2_removal_ml_min": _co2_removal,
    "co2_given_ml_dl": lambda m: _co2_removal(m) / (m.read("flow_l_min") * 10.0),
    "ox_shunt": _shunt,
    "heat_eps": _heat_eps,
    "body_temp_c": _body_temp,
    "vo2_used_ml_min": lambda m: -m.rate("port:tissue_o2"),
    "recirculation": _recirculation,
    "recirculation_pct": lambda m: 100.0 * _recirculation(m),
    "flow_share": lambda m: m.read("flow_l_min") / m.read("cardiac_output_l_min"),
    "no_lung_sao2_pct": _no_lung_sao2,
    "gas_kept": _gas_kept,
    "gas_in_circuit_ml": lambda m: m.read("gas_in_head_ml") + m.read("gas_in_oxygenator_ml") + m.read("gas_to_patient_ml"),
}
