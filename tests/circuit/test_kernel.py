"""The kernel's text: its grammar, and the same bits however it runs."""

import ast
from collections.abc import Callable

import pytest

from drill.circuit.emit import text_of
from drill.circuit.plant import Plant, compile_kernel
from drill.circuit.spec import CircuitSpec, PatientSpec
from drill.circuit.trace import Graph, Num, absolute, select, sqrt
from drill.errors import CircuitError

ALLOWED = (
    ast.Module, ast.FunctionDef, ast.arguments, ast.arg, ast.Assign, ast.Return, ast.Expr, ast.For, ast.Call, ast.Subscript, ast.Name,
    ast.Constant, ast.BinOp, ast.UnaryOp, ast.Compare, ast.IfExp, ast.Add, ast.Sub, ast.Mult, ast.Div, ast.USub, ast.Lt, ast.LtE,
    ast.Load, ast.Store, ast.ImportFrom, ast.alias,
)  # fmt: skip
CALLS = {"sqrt", "abs", "substeps", "slow", "range"}


def test_grammar_has_only_what_is_exact_everywhere(va: tuple[CircuitSpec, PatientSpec]) -> None:
    """The text holds + - * / sqrt abs, minus, compare and select on floats and indices, and no name of a pack."""
    text = compile_kernel(*va)
    names = set()
    for node in ast.walk(ast.parse(text)):
        assert isinstance(node, ALLOWED), ast.dump(node)[:80]
        if isinstance(node, ast.Call):
            assert isinstance(node.func, ast.Name)
            assert node.func.id in CALLS
        if isinstance(node, ast.Subscript):
            assert isinstance(node.slice, ast.Constant)
            assert isinstance(node.slice.value, int)
        if isinstance(node, ast.Name):
            names.add(node.id)

    assert {n for n in names if not (n[0] in "vt" and n[1:].isdigit())} <= CALLS | {"x", "_"}


def test_compiled_and_interpreted_have_the_same_bits(make_plant: Callable[..., Plant]) -> None:
    """A minute with a motor fault, clamps and a drug ends in the same bits, compiled and in plain Python."""
    states = []
    for compiled in (True, False):
        plant = make_plant(compiled=compiled)
        for tick in range(1500):
            if tick == 300:
                plant.inject("motor_fault", {})
            if tick == 500:
                plant.set("clamp_return", 1.0)
                plant.give("pressor", 1.0)
            plant.tick()
        states.append(plant.state_bits())

    assert states[0] == states[1]


def test_saved_state_goes_on_with_the_same_bits(make_plant: Callable[..., Plant]) -> None:
    """A plant loaded from a save goes on exactly as the one that was saved."""
    first, second = make_plant(), make_plant()
    for _ in range(200):
        first.tick()
    first.inject("motor_fault", {})
    second.load(first.save())
    for plant in (first, second):
        for _ in range(200):
            plant.tick()

    assert first.state_bits() == second.state_bits()
    assert first.alarms() == second.alarms()


def test_equal_expressions_are_written_once() -> None:
    """The tracer writes an expression that occurs twice as one local."""
    graph = Graph()
    a, b = graph.read(0), graph.read(1)
    graph.write(2, (a + b) * (a + b))

    text = text_of(graph, "f")

    assert text.count("+") == 1


def test_trace_computes_what_the_functions_compute() -> None:
    """Running the traced text gives the very floats that the functions give on floats."""

    def law(p: Num, q: Num) -> Num:
        return select(p < q, sqrt(absolute(p)) - q, -p / (1.0 + absolute(q)))

    graph = Graph()
    graph.write(2, law(graph.read(0), graph.read(1)))
    names: dict[str, object] = {"sqrt": __import__("math").sqrt}
    exec(text_of(graph, "f"), names)  # noqa: S102  our own text
    for p, q in ((2.0, 3.0), (-2.5, -7.0), (0.0, 0.0)):
        x = [p, q, 0.0]
        names["f"](x)  # type: ignore[operator]

        assert x[2] == law(p, q)


def test_a_law_that_asks_python_what_only_the_kernel_knows_is_refused() -> None:
    """`if`, max, min and == on a traced number would silently take one branch for ever: they raise, and say what to use."""
    graph = Graph()
    q = graph.read(0)
    for slip in (lambda: 1.0 if q > 0.0 else 2.0, lambda: max(q, 0.0), lambda: min(q, 0.0), lambda: q == 0.0, lambda: bool(q)):
        with pytest.raises(CircuitError, match="select"):
            slip()
