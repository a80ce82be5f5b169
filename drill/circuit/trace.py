"""Turns the model, written once as plain functions, into one straight-line text.

The laws and the network are ordinary Python over numbers. Called with `Sym` in place of floats they write down
what they compute; equal expressions are written once, and what `emit` writes runs as plain Python, through numba, or as C.
Only + - * / sqrt abs, unary minus, comparison and select exist, so every way of running it has the same bits.
"""

import math
from dataclasses import dataclass
from typing import NamedTuple, NoReturn, Union

from drill.errors import CircuitError

Num = Union[float, "Sym"]
UNDECIDED = "a law asks `if`, max or min of a number that is not known until the kernel runs: use select, most or least (trace.py)"


class Node(NamedTuple):
    """One operation: its name, the indices of its arguments, and a constant's or slot's value."""

    op: str
    args: tuple[int, ...]
    value: float


@dataclass(frozen=True, slots=True)
class Test:
    """A comparison that has not been decided yet; only `select` may use it."""

    graph: "Graph"
    index: int

    def __bool__(self) -> bool:
        raise CircuitError(UNDECIDED)


class Sym:
    """A number that is not known until the kernel runs."""

    __slots__ = ("graph", "index")

    def __init__(self, graph: "Graph", index: int) -> None:
        self.graph = graph
        self.index = index

    def __add__(self, other: Num) -> "Sym":
        return self.graph.binary("+", self, other)

    def __radd__(self, other: Num) -> "Sym":
        return self.graph.binary("+", other, self)

    def __sub__(self, other: Num) -> "Sym":
        return self.graph.binary("-", self, other)

    def __rsub__(self, other: Num) -> "Sym":
        return self.graph.binary("-", other, self)

    def __mul__(self, other: Num) -> "Sym":
        return self.graph.binary("*", self, other)

    def __rmul__(self, other: Num) -> "Sym":
        return self.graph.binary("*", other, self)

    def __truediv__(self, other: Num) -> "Sym":
        return self.graph.binary("/", self, other)

    def __rtruediv__(self, other: Num) -> "Sym":
        return self.graph.binary("/", other, self)

    def __neg__(self) -> "Sym":
        return self.graph.unary("neg", self)

    def __lt__(self, other: Num) -> Test:
        return self.graph.compare("<", self, other)

    def __gt__(self, other: Num) -> Test:
        return self.graph.compare("<", other, self)

    def __le__(self, other: Num) -> Test:
        return self.graph.compare("<=", self, other)

    def __ge__(self, other: Num) -> Test:
        return self.graph.compare("<=", other, self)

    def __bool__(self) -> bool:
        raise CircuitError(UNDECIDED)

    def __eq__(self, other: object) -> NoReturn:
        raise CircuitError("a law compares a number that is not known until the kernel runs with ==: use < or <=, and select (trace.py)")

    __hash__ = None  # type: ignore[assignment]


class Graph:
    """All operations of one function, each different one once; slots are read at the start and written at the end."""

    def __init__(self) -> None:
        self.nodes: list[Node] = []
        self._seen: dict[Node, int] = {}
        self._current: dict[int, Sym] = {}
        self._written: dict[int, Sym] = {}

    def _node(self, op: str, args: tuple[int, ...] = (), value: float = 0.0) -> int:
        node = Node(op, args, value)
        if op == "const":  # 0.0 and -0.0 are equal but not the same bits
            node = Node(op, (1,) if math.copysign(1.0, value) < 0 else (), value)
        index = self._seen.get(node)
        if index is None:
            index = len(self.nodes)
            self.nodes.append(node)
            self._seen[node] = index
        return index

    def const(self, value: float) -> Sym:
        """Return a constant; it must be finite."""
        return Sym(self, self._node("const", (), float(value)))

    def read(self, slot: int) -> Sym:
        """Return the slot's value as it stands at this point of the function."""
        if slot not in self._current:
            self._current[slot] = Sym(self, self._node("slot", (slot,)))
        return self._current[slot]

    def write(self, slot: int, value: Num) -> None:
        """Give the slot a new value."""
        sym = value if isinstance(value, Sym) else self.const(value)
        self._current[slot] = sym
        self._written[slot] = sym

    def writes(self, slot: int) -> bool:
        """Tell whether the function gives this slot a value."""
        return slot in self._written

    def _known(self, index: int) -> float | None:
        node = self.nodes[index]
        return node.value if node.op == "const" else None

    def _index(self, value: Num) -> int:
        return value.index if isinstance(value, Sym) else self.const(value).index

    def binary(self, op: str, left: Num, right: Num) -> Sym:
        """Write down an addition, subtraction, product or quotient; constants are worked out at once."""
        a, b = self._index(left), self._index(right)
        x, y = self._known(a), self._known(b)
        if x is not None and y is not None and not (op == "/" and y == 0.0):
            return self.const({"+": x + y, "-": x - y, "*": x * y}[op] if op != "/" else x / y)
        if (op in "+-" and y == 0.0) or (op in "*/" and y == 1.0):
            return Sym(self, a)
        if (op == "+" and x == 0.0) or (op == "*" and x == 1.0):
            return Sym(self, b)
        if op == "*" and 0.0 in (x, y):
            return self.const(0.0)  # every number of the model is finite
        if op == "-" and x == 0.0:
            return self.unary("neg", Sym(self, b))
        return self._signed(op, a, b)

    def _signed(self, op: str, a: int, b: int) -> Sym:
        """Write down an operation with unary minus drawn out of it, which never changes the bits."""
        minus_a, minus_b = self.nodes[a].op == "neg", self.nodes[b].op == "neg"
        if op in "*/" and (minus_a or minus_b):
            plain = self.binary(op, Sym(self, self.nodes[a].args[0] if minus_a else a), Sym(self, self.nodes[b].args[0] if minus_b else b))
            return plain if minus_a and minus_b else self.unary("neg", plain)
        if op in "+-" and minus_b:
            return Sym(self, self._node("-" if op == "+" else "+", (a, self.nodes[b].args[0])))
        if op == "+" and minus_a:
            return Sym(self, self._node("-", (b, self.nodes[a].args[0])))
        return Sym(self, self._node(op, (a, b)))

    def unary(self, op: str, value: Num) -> Sym:
        """Write down a sqrt, abs or unary minus."""
        a = self._index(value)
        known = self._known(a)
        if known is not None:
            return self.const(math.sqrt(known) if op == "sqrt" else abs(known) if op == "abs" else -known)
        if op == "neg" and self.nodes[a].op == "neg":
            return Sym(self, self.nodes[a].args[0])
        return Sym(self, self._node(op, (a,)))

    def compare(self, op: str, left: Num, right: Num) -> Test:
        """Write down a comparison."""
        return Test(self, self._node(op, (self._index(left), self._index(right))))

    def select(self, test: Test, then: Num, other: Num) -> Sym:
        """Write down a choice between two values."""
        a, b = self._index(then), self._index(other)
        return Sym(self, a) if a == b else Sym(self, self._node("select", (test.index, a, b)))

    def operations(self) -> int:
        """Return how many operations a call takes, without what nothing needs."""
        ahead = [index for _, index in self.stores()]
        needed: set[int] = set()
        while ahead:
            index = ahead.pop()
            if index not in needed and self.nodes[index].op not in {"slot", "const"}:
                needed.add(index)
                ahead.extend(self.nodes[index].args)
        return len(needed)

    def stores(self) -> list[tuple[int, int]]:
        """Return (slot, node) for each slot whose value changes."""
        return [(slot, sym.index) for slot, sym in sorted(self._written.items()) if self.nodes[sym.index] != Node("slot", (slot,), 0.0)]


def select(test: bool | Test, then: Num, other: Num) -> Num:  # noqa: FBT001  a test is what it is given
    """Return `then` where the test holds, else `other`; both must be finite either way."""
    if isinstance(test, Test):
        return test.graph.select(test, then, other)
    return then if test else other


def same(a: Num, b: Num) -> bool:
    """Tell whether two numbers are one and the same, whatever values the kernel runs on."""
    return a.index == b.index if isinstance(a, Sym) and isinstance(b, Sym) else a is b


def sqrt(value: Num) -> Num:
    """Square root; the argument must not be negative, whichever branch is taken later."""
    return value.graph.unary("sqrt", value) if isinstance(value, Sym) else math.sqrt(value)


def absolute(value: Num) -> Num:
    """Absolute value."""
    return value.graph.unary("abs", value) if isinstance(value, Sym) else abs(value)


def least(a: Num, b: Num) -> Num:
    """Return the smaller of two values, by select."""
    return select(a < b, a, b)


def most(a: Num, b: Num) -> Num:
    """Return the larger of two values, by select."""
    return select(a > b, a, b)


def between(value: Num, low: Num, high: Num) -> Num:
    """Return the value held between low and high."""
    return least(most(value, low), high)
