"""A machine and a patient with no story, for the curious: set, run, read.

lab = Lab("va_ecmo_adult")                  # settled at its usual settings
before = lab.read("p_ven_mmhg")
lab.set("pump_rpm_set", 3500)
lab.run(60)
print(lab.read("p_ven_mmhg") - before)      # what 500 rpm more do to P ven
"""

from collections.abc import Callable, Mapping, Sequence
from pathlib import Path

from drill.circuit.body import FLUIDS
from drill.circuit.compiler import Bench
from drill.circuit.drugs import DRUGS
from drill.circuit.plant import Plant, compile_kernel
from drill.circuit.readings import READINGS
from drill.errors import CircuitError, NameUnknownError
from drill.records.home import pack_roots
from drill.records.kernels import is_kept, load_kernel
from drill.scenarios.stock import Stock, load_stock
from drill.units import TICKS_PER_S, ticks

SETTLE_S, SETTLE_BENCH_S = 300.0, 20.0
MEAN_S = 2.0  # what `read` averages over: the pulse moves blood to and fro
INFUSED_OVER_S = 60.0
PLAIN_S_PER_S = 35.0  # simulated seconds a second without a compiled kernel, about
COMPILE_S = 8.0  # what compiling costs once, about
SHOWN_PREFIX = "shown:"


class Lab:
    """A stock circuit with a patient, or on a bench, in its steady state. `measured` names the readings that it has."""

    def __init__(
        self,
        circuit: str,
        patient: str | None = None,
        *,
        bench: Bench | None = None,
        settings: Mapping[str, float] | None = None,
        devices: Mapping[str, str] | None = None,
        params: Mapping[str, float] | None = None,
        settle_s: float | None = None,
        run_s: float = 60.0,
        roots: Sequence[Path | str] | None = None,
    ) -> None:
        """Load, set, settle. Names may stand without their pack; None for the patient takes the circuit's usual one.

        `bench` imposes pressures in place of the patient. `settings` are controls that differ from the circuit's usual ones.
        `devices` swaps devices by part, `params` changes numbers by `part.number` or `patient.number`. `settle_s` None is
        300 s, on a bench 20 s. `run_s` is about how long it will run: a short run is not worth compiling for.
        Raises DrillError with what is allowed.
        """
        self.stock: Stock = load_stock(circuit, patient, roots=roots or pack_roots(), devices=devices, params=params)
        who = bench or self.stock.patient
        settle = settle_time(bench=bench is not None, asked=settle_s)
        text = compile_kernel(self.stock.circuit, who)
        compiled = is_kept(text) or (settle + run_s) / PLAIN_S_PER_S > COMPILE_S
        self.plant = Plant(self.stock.circuit, who, load_kernel(text).advance if compiled else None)
        self.measured: tuple[str, ...] = self.plant.measured
        self.ticks = 0
        self._means: dict[str, float] = {}
        for name, value in {**self.stock.usual, **(settings or {})}.items():
            self.plant.set(name, value)
        self.settle(settle)

    def settle(self, seconds: float) -> None:
        """Run on, and let time begin at the end of it."""
        self.run(seconds)
        self.ticks = 0

    @property
    def time_s(self) -> float:
        """Seconds since the steady state."""
        return self.ticks / TICKS_PER_S

    def set(self, control: str, value: float) -> None:
        """Move a control."""
        self.plant.set(control, value)

    def fault(self, name: str, part: str | None = None, **parameters: float) -> None:
        """Let a fault begin, in its usual place or in a part."""
        self.plant.inject(name, parameters, part)

    def give(self, what: str, amount: float = 1.0) -> None:
        """Give a drug in usual boluses, or a fluid in mL within a minute."""
        if what in DRUGS:
            self.plant.give(what, amount)
        elif what in FLUIDS:
            self.plant.infuse(amount, INFUSED_OVER_S, what)
        else:
            raise NameUnknownError("drug or fluid", what, [*DRUGS, *FLUIDS])

    def run(self, seconds: float, watch: Callable[[], None] | None = None) -> None:
        """Run on; `watch` is called after each tick of 20 ms."""
        count = ticks(seconds)
        averaged = min(count, ticks(MEAN_S))
        for _ in range(count - averaged):
            self._tick(watch)
        sums = [0.0] * len(READINGS)
        for _ in range(averaged):
            self._tick(watch)
            sums = [total + value for total, value in zip(sums, self.plant.readings()[0], strict=True)]
        if averaged:
            self._means = {name: total / averaged for name, total in zip(READINGS, sums, strict=True)}

    def _tick(self, watch: Callable[[], None] | None) -> None:
        self.plant.tick()
        self.ticks += 1
        if watch is not None:
            watch()

    def read(self, name: str) -> float:
        """Return a true reading, mean of the last 2 s of the last run (of all of it where that was shorter)."""
        known(name, self.measured)
        return self._means[name] if name in self._means else self.plant.true(name)

    def now(self, name: str) -> float | None:
        """Return a true reading at this moment; with `shown:` before its name what its display shows, None where that is blank."""
        if name.startswith(SHOWN_PREFIX):
            return self.plant.shown(name.removeprefix(SHOWN_PREFIX))
        known(name, self.measured)
        return self.plant.true(name)


def settle_time(*, bench: bool, asked: float | None) -> float:
    """Return how long a machine settles, s."""
    if asked is not None:
        return asked
    return SETTLE_BENCH_S if bench else SETTLE_S


def known(name: str, measured: Sequence[str]) -> None:
    """Refuse a reading that does not exist, or that this machine does not have (a bench has no patient)."""
    if name not in READINGS:
        raise NameUnknownError("reading", name, measured)
    if name not in measured:
        raise CircuitError(f"{name} is a reading of the patient, and this is a bench without one: leave it out, or leave out the bench")
