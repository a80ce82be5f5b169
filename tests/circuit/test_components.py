"""Worked answers of single components, each alone between two imposed pressures: arithmetic that a reader can check."""

from collections.abc import Mapping

import pytest

from drill.circuit.components import COMPONENTS
from drill.circuit.network import Network, NodeModel, step_pressures
from drill.circuit.slots import Scope, Slots
from drill.circuit.spec import PartSpec
from drill.circuit.trace import Graph

from drill.circuit.emit import text_of  # isort: skip


def flow_l_min(
    kind: str,
    params: Mapping[str, float],
    p_in: float,
    p_out: float,
    *,
    taps: tuple[str, ...] = (),
    set_slots: Mapping[str, float] | None = None,
) -> float:
    """Return the steady flow through one part between two imposed pressures (mmHg), L/min."""
    slots, net = Slots(), Network()
    for name, pressure in (("a", p_in), ("b", p_out)):
        net.add_node(NodeModel(name, None, 1.0, pressure))
    part = PartSpec("it", kind, "a", "b", params, taps=taps)
    for name, value in params.items():
        slots.add(f"par:it.{name}", value)
    for name, value in {"whole:it": 1.0, "kink:it": 0.0, "pinch:it": 0.0, "air_mmhg:it": 0.0, **(set_slots or {})}.items():
        slots.add(name, value)
    net.add_edge(COMPONENTS[kind].build(slots, part, "a", "b"))
    slots.add("p:a", p_in)
    slots.add("p:b", p_out)
    for name in ("flow:it", "acc:it", "open:it"):
        slots.add(name, 0.0)
    graph = Graph()
    step_pressures(net, Scope(slots, graph))
    names: dict[str, object] = {"sqrt": lambda v: v**0.5, "abs": abs, "range": range}
    exec(text_of(graph, "step"), names)  # noqa: S102  text that our own compiler wrote
    x = list(slots.first)
    for _ in range(3000):
        names["step"](x)  # type: ignore[operator]
    return float(x[slots["flow:it"]]) * 0.06


@pytest.mark.parametrize(("p_in", "wanted"), [(10.0, 3.0), (5.0, 1.5), (-50.0, 0.0)])
def test_one_way_valve(p_in: float, wanted: float) -> None:
    """10 mmHg over 0.2 mmHg s/mL are 50 mL/s, 3 L/min; backward nothing at all."""
    assert flow_l_min("one_way_valve", {"r_mmhg_s_ml": 0.2, "volume_ml": 14.0}, p_in, 0.0) == pytest.approx(wanted, abs=1e-9)


@pytest.mark.parametrize(("opened", "wanted"), [(1.0, 0.299), (0.0, 0.0)])
def test_tap_line(opened: float, wanted: float) -> None:
    """250 = 15 q**1.75: q = 4.99 mL/s, 299 mL/min with the tap open; nothing with it shut."""
    found = flow_l_min("tap_line", {"k_blood": 15.0, "volume_ml": 16.0}, 250.0, 0.0, taps=("tap",), set_slots={"in:tap": opened})

    assert found == pytest.approx(wanted, abs=0.002)


@pytest.mark.parametrize(("p_line", "draws"), [(-60.0, False), (-90.0, True), (40.0, False)])
def test_relief_valve(p_line: float, draws: bool) -> None:  # noqa: FBT001
    """Set to 80 mmHg it is shut at 60 mmHg of suction and draws air at 90; pressure does not open it."""
    found = flow_l_min("relief_valve", {"opens_mmhg": 80.0, "k_air": 1.5}, p_line, 0.0)

    assert (found < -0.05) is draws
    assert found <= 1e-9


@pytest.mark.parametrize(("p_vessel", "wanted"), [(60.0, 0.300), (30.0, 0.150), (-5.0, 0.0)])
def test_wound(p_vessel: float, wanted: float) -> None:
    """A wound named for 300 mL/min at 60 mmHg gives 150 at 30, and takes nothing back."""
    assert flow_l_min("wound", {"ml_min": 300.0}, p_vessel, 0.0) == pytest.approx(wanted, abs=1e-6)


@pytest.mark.parametrize(("clot", "wanted"), [(0.0, 25.0), (0.5, 100.0)])
def test_arterial_filter(clot: float, wanted: float) -> None:
    """0.3 mmHg s/mL at 5 L/min (83.3 mL/s) and 3 cP are 25 mmHg; half clotted, four times that."""
    from drill.circuit.components.arterial_filter import screen

    k = 0.3 * 3.0 / 3.0 / (1.0 - clot) ** 2

    assert screen(5000.0 / 60.0, k).mmhg == pytest.approx(wanted)


def test_opening_of_the_relief_valve_is_half_way_ten_above() -> None:
    """It opens over 20 mmHg: half at 90 with 80 set."""
    from drill.circuit.components.relief_valve import opening

    assert [opening(-p, 0.0, 80.0) for p in (80.0, 90.0, 100.0, 300.0)] == [0.0, 0.5, 1.0, 1.0]


def test_air_share_of_a_low_pool() -> None:
    """Low 200, dry 40: none at 200, a quarter at 120 (half way, squared), all at 40 mL."""
    from drill.circuit.components.reservoir import air_share

    assert [air_share(v, 200.0, 40.0) for v in (300.0, 200.0, 120.0, 40.0, 10.0)] == [0.0, 0.0, 0.25, 1.0, 1.0]
