"""How fast the physics runs: a substep, a slow body, a second, plain, compiled and as C, side by side on the same state.

Every figure is the least of many short measurements: what the machine needs when nothing else is in its way. Runners take
turns within one measurement, so that a busy machine slows all of them alike.
"""

import gc
import os
import platform
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import UTC, datetime
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import numpy as np

from drill import __version__
from drill.circuit.compiler import Model, build
from drill.circuit.plant import Plant
from drill.circuit.step import interpreted
from drill.lab import native
from drill.lab.start import start_up, whole_drill
from drill.records.kernels import load_kernel
from drill.scenarios.catalogue import find_scenarios
from drill.scenarios.load import Loaded, load_scenario
from drill.units import TICK_S

SETTLE_TICKS = 250
BITS_TICKS = 500  # as many ticks are compared bit by bit
PLAIN_BITS_TICKS = 50
ROUNDS, TICKS_A_ROUND, PLAIN_ROUNDS = 400, 20, 150

Step = Callable[[Any], None]


def bench(roots: Sequence[Path], scenario: str, *, with_c: bool, every: bool = False) -> dict[str, Any]:
    """Measure everything that `drill bench` shows, of the machines of free play or of `every` circuit; takes about two minutes."""
    return {
        "drill": __version__,
        "date": f"{datetime.now(UTC):%Y-%m-%d %H:%M} UTC",
        "machine": machine(),
        "circuits": [measure(loaded, with_c=with_c) for loaded in circuits(roots, every=every)],
        "whole_drill": whole_drill(scenario),
        "start": start_up(scenario),
    }


def machine() -> dict[str, Any]:
    """Return what the figures depend on: processor, its load before the measurement, Python, numba."""
    name = platform.processor() or platform.machine()
    info = Path("/proc/cpuinfo")
    if info.is_file():
        models = [line.partition(":")[2].strip() for line in info.read_text(encoding="utf-8").splitlines() if line.startswith("model name")]
        name = models[0] if models else name
    try:
        numba = version("numba")
    except PackageNotFoundError:
        numba = "none"
    load = round(os.getloadavg()[0], 1) if hasattr(os, "getloadavg") else None
    return {
        "cpu": name,
        "cores": os.cpu_count(),
        "load": load,
        "system": platform.platform(),
        "python": platform.python_version(),
        "numba": numba,
    }


def lines(found: Mapping[str, Any]) -> Iterator[str]:
    """Say the figures in words, one line each."""
    at = found["machine"]
    yield f"Drill {found['drill']} on {at['cpu']}, {at['cores']} cores, load {at['load']}, Python {at['python']}, numba {at['numba']}"
    yield f"{found['date']}; a busy machine makes every figure worse"
    for one in found["circuits"]:
        count = one["operations"]
        yield f"{one['circuit']}: {one['slots']} slots; {count['substep']} operations a substep, {count['slow']} in the slow body"
        for kind in ("plain", "compiled", "c"):
            if kind in one:
                t = one[kind]
                yield (
                    f"  {kind:8} {t['substep_ns']:>7.0f} ns a substep, {t['slow_ns']:>8.0f} ns a slow body: "
                    f"{t['simulated_s_per_s']:.0f} simulated s/s"
                )
        if "compiled_to_c" in one:
            yield f"  compiled takes {one['compiled_to_c']:.2f} times the time of C"
        if "same_bits" in one:
            yield f"  bits: {'the same' if one['same_bits'] else 'DIFFERENT'} in C, compiled and plain"
        if "note" in one:
            yield f"  {one['note']}"
    played = found["whole_drill"]
    yield (
        f"whole drill with the expert: {played['simulated_s']:.0f} s in {played['played_s']:.2f} s: "
        f"{played['simulated_s_per_s']:.0f} simulated s/s, {played['peak_mib']} MiB"
    )
    for kind in ("cold", "warm", "plain"):
        t = found["start"][kind]
        yield (
            f"start, {kind}: imported {t['imported_s']:.2f} s, loaded {t['loaded_s']:.2f} s, kernel {t['kernel_s']:.2f} s, "
            f"settled {t['settled_s']:.2f} s, first tick {t['first_tick_s']:.2f} s; {t['peak_mib']} MiB"
        )
    for kind, words in (("play_new", "a patient never seen before"), ("play", "settled state kept")):
        t = found["start"][kind]
        yield (
            f"drill play, {words}: first picture {t['first_picture_s']:.2f} s, moving picture {t['moving_picture_s']:.2f} s; "
            f"{t['peak_mib']} MiB"
        )


def circuits(roots: Sequence[Path], *, every: bool = False) -> list[Loaded]:
    """Return one loaded scenario for each circuit of free play, or for `every` circuit that the packs have."""
    found: dict[str, Loaded] = {}
    for case in find_scenarios(roots):
        if not case.error and (every or case.free_play):
            loaded = load_scenario(case.ref, roots=roots)
            found.setdefault(loaded.circuit.id, loaded)
    return [found[name] for name in sorted(found)]


def measure(loaded: Loaded, *, with_c: bool) -> dict[str, Any]:
    """Measure one circuit with its patient. Times in nanoseconds and seconds; rates in simulated seconds per wall second."""
    model = build(loaded.circuit, loaded.patient)
    text = model.compiled_text()
    compiled = load_kernel(text)
    state = _settled(loaded, compiled.advance)
    result: dict[str, Any] = {
        "circuit": loaded.circuit.id,
        "slots": len(model.slots.first),
        "operations": {"substep": model.substep.operations(), "slow": model.slow.operations()},
        "plain": _plain(model, state),
    }
    runners: dict[str, dict[str, Step]] = {}
    if compiled.advance is not None:
        half = load_kernel(text.replace("    slow(x)\n", "")).advance
        runners["compiled"] = {"tick": compiled.advance, "substeps": half or compiled.advance}
    with TemporaryDirectory() as folder:
        exact = None
        if with_c:
            exact = native.build(model.c_text(), Path(folder), native.EXACT).tick
            fast = native.build(model.c_text(), Path(folder), native.FAST)
            runners["c"] = {"tick": fast.tick, "substeps": fast.substeps}
        result |= {name: _figures(times["tick"], times["substeps"], model) for name, times in _race(runners, state).items()}
        if exact is not None:
            result["same_bits"] = _compare(model, state, {"c_exact": exact, **{name: steps["tick"] for name, steps in runners.items()}})
    if "c" in result and "compiled" in result:
        result["compiled_to_c"] = round(result["compiled"]["tick_ns"] / result["c"]["tick_ns"], 3)
    elif not runners:
        result["note"] = compiled.note
    return result


def _settled(loaded: Loaded, advance: Step | None) -> list[float]:
    plant = Plant(loaded.circuit, loaded.patient, advance)
    for name, value in loaded.scenario.usual_controls.items():
        plant.set(name, value)
    for _ in range(SETTLE_TICKS):
        plant.tick()
    numbers = plant.save()["x"]
    return [float.fromhex(str(number)) for number in numbers] if isinstance(numbers, list) else []


def _plain(model: Model, state: Sequence[float]) -> dict[str, float]:
    tick = interpreted(model)
    substeps = interpreted(model, "substeps")
    least = {"tick": 9e9, "substeps": 9e9}
    gc.disable()  # a collection in the middle measures the collector
    for _ in range(PLAIN_ROUNDS):
        for name, step in (("tick", tick), ("substeps", substeps)):
            x = list(state)
            least[name] = min(least[name], _time(step, x, 2))
    gc.enable()
    return _figures(least["tick"], least["substeps"], model)


def _race(runners: Mapping[str, Mapping[str, Step]], state: Sequence[float]) -> dict[str, dict[str, float]]:
    least = {name: dict.fromkeys(steps, 9e9) for name, steps in runners.items()}
    for _ in range(ROUNDS):
        for name, steps in runners.items():
            for what, step in steps.items():
                x = np.array(state)
                least[name][what] = min(least[name][what], _time(step, _argument(name, x), TICKS_A_ROUND))
    return least


def _time(step: Step, x: Any, count: int) -> float:
    begun = time.perf_counter_ns()
    for _ in range(count):
        step(x)
    return (time.perf_counter_ns() - begun) / count


def _figures(tick_ns: float, substeps_ns: float, model: Model) -> dict[str, float]:
    return {
        "tick_ns": round(tick_ns),
        "substep_ns": round(substeps_ns / model.substeps),
        "slow_ns": round(max(tick_ns - substeps_ns, 0.0)),
        "simulated_s_per_s": round(TICK_S * 1e9 / tick_ns, 1),
    }


def _compare(model: Model, state: Sequence[float], runners: Mapping[str, Step]) -> bool:
    """Tell whether all runners end in the same bits: compiled ones after 500 ticks, plain Python after 50."""
    ends = set()
    early = set()
    for name, step in runners.items():
        x = np.array(state)
        for tick in range(1, BITS_TICKS + 1):
            step(_argument(name, x))
            if tick == PLAIN_BITS_TICKS:
                early.add(x.tobytes())
        ends.add(x.tobytes())
    plain, advance = list(state), interpreted(model)
    for _ in range(PLAIN_BITS_TICKS):
        advance(plain)
    return len(ends) == 1 and early == {np.array(plain).tobytes()}


def _argument(runner: str, x: Any) -> Any:
    """Return what a runner is called with: C takes an address, all others the array."""
    return x.ctypes.data if runner.startswith("c_") or runner == "c" else x
