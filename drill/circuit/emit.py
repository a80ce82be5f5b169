"""Writes a traced function down, as Python (run plain or compiled) or as C: the same operations in the same order.

A value used once stands where it is used; all others are locals, whose names are taken up again when they are done.
In a repeated function what cannot change between its steps is worked out before the loop, and the slots that it
changes are locals until the loop is over.
"""

from collections.abc import Callable, Mapping, Sequence
from heapq import heappop, heappush
from typing import NamedTuple

from drill.circuit.trace import Graph, Node

DEEPEST = 30  # brackets within brackets: parsers bear more, readers do not
LEAVES = frozenset({"slot", "const"})
TESTS = frozenset({"<", "<="})


class Dialect(NamedTuple):
    """How a language writes what Python writes otherwise. `choose` takes (test, then, other)."""

    head: str
    loop: str
    end: str
    stop: str
    choose: Callable[[str, str, str], str]
    absolute: str
    names: Callable[[Sequence[str], Sequence[str]], str]


PYTHON = Dialect("def {}(x):", "for _ in range({}):", "", "", lambda c, a, b: f"({a} if {c} else {b})", "abs", lambda _numbers, _tests: "")


def _c_names(numbers: Sequence[str], tests: Sequence[str]) -> str:
    kinds = (("double", numbers), ("int", tests))
    return "\n".join(f"    {kind} {', '.join(names)};" for kind, names in kinds if names)


C = Dialect(
    "void {}(double *restrict x) {{",
    "for (int _ = 0; _ < {}; _++) {{",
    "}",
    ";",
    lambda c, a, b: f"({c} ? {a} : {b})",
    "fabs",
    _c_names,
)


def text_of(graph: Graph, name: str, dialect: Dialect = PYTHON, repeat: int = 1) -> str:
    """Return the function over one flat array `x`; it takes `repeat` steps at a call."""
    return _Writer(graph, dialect, repeat).text(name)


class _Writer:
    """One function being written. A place is a node's local, or the slot that its value belongs to."""

    def __init__(self, graph: Graph, dialect: Dialect, repeat: int) -> None:
        self.nodes = graph.nodes
        self.stores = graph.stores()
        self.dialect = dialect
        self.repeat = repeat
        self.carried = {slot for slot, _ in self.stores} if repeat > 1 else set()
        self.fixed: dict[int, bool] = {}  # live nodes in order: is it the same in every step?
        self.depth: dict[int, int] = {}
        self.own: set[int] = set()  # nodes that get a local or a slot of their own
        self.place: dict[int, str] = {}
        self.lines: list[str] = []
        self.numbers: list[str] = []
        self.tests: list[str] = []
        self.free: list[int] = []
        self.lent: dict[int, int] = {}  # node: the number of a local that is free again after its last reader
        self.last: dict[int, int] = {}
        self._classify()

    def _classify(self) -> None:
        stored = {index for _, index in self.stores}
        uses = dict.fromkeys(stored, 1)
        ahead = sorted(stored)
        live: set[int] = set()
        while ahead:
            index = ahead.pop()
            if index in live:
                continue
            live.add(index)
            for arg in self._args(index):
                ahead.append(arg)
                uses[arg] = uses.get(arg, 0) + 1
        for index in sorted(live):
            node, args = self.nodes[index], self._args(index)
            same = node.args[0] not in self.carried if node.op == "slot" else all(self.fixed[a] for a in args)
            self.fixed[index] = self.repeat > 1 and same
            if self.repeat > 1 and not same:
                self.own |= {a for a in args if self.fixed[a] and self.nodes[a].op != "const"}
            self.depth[index] = 1 + max((0 if a in self.own else self.depth[a] for a in args), default=-1)
            read_often = uses[index] > 1 and not (node.op == "slot" and node.args[0] in self.carried)
            if node.op != "const" and (read_often or index in stored or self.depth[index] > DEEPEST):
                self.own.add(index)
                self.depth[index] = 0

    def _args(self, index: int) -> tuple[int, ...]:
        node = self.nodes[index]
        return () if node.op in LEAVES else node.args

    def _reads(self, index: int) -> set[int]:
        """Return the places (nodes with one of their own, and slots read directly) that a statement reads."""
        found: set[int] = set()
        ahead = list(self._args(index))
        while ahead:
            arg = ahead.pop()
            if arg in self.own or self.nodes[arg].op == "slot":
                found.add(arg)
            else:
                ahead.extend(self._args(arg))
        return found | ({index} if self.nodes[index].op == "slot" else set())

    def text(self, name: str) -> str:
        before = [i for i in self.fixed if i in self.own and self.fixed[i]]
        steps = [i for i in self.fixed if i in self.own and not self.fixed[i]]
        if self.repeat > 1:
            self._write(before, "    ", {})
            read = {node.args[0] for i, node in self._live() if node.op == "slot"}
            slots = {slot: self._new() for slot in sorted(self.carried)}
            self.lines.extend(f"    {slots[slot]} = x[{slot}]{self.dialect.stop}" for slot in slots if slot in read)
            self.lines.append("    " + self.dialect.loop.format(self.repeat))
            self._write(steps, "        ", slots)
            if self.dialect.end:
                self.lines.append("    " + self.dialect.end)
            self.lines.extend(f"    x[{slot}] = {slots[slot]}{self.dialect.stop}" for slot in slots)
        else:
            self._write(steps, "    ", {})
        names = self.dialect.names(self.numbers, self.tests)
        head = [self.dialect.head.format(name), *([names] if names else [])]
        return "\n".join([*head, *self.lines, "    return" + self.dialect.stop, *([self.dialect.end] if self.dialect.end else [])]) + "\n"

    def _live(self) -> list[tuple[int, Node]]:
        return [(i, self.nodes[i]) for i in self.fixed]

    def _new(self) -> str:
        self.numbers.append(f"v{len(self.numbers)}")
        return self.numbers[-1]

    def _write(self, steps: Sequence[int], indent: str, slots: Mapping[int, str]) -> None:
        """Write statements in order. A slot's new value is stored at once if nothing still reads the old one, else at the end."""
        straight = self.repeat == 1
        at = {index: k for k, index in enumerate(steps)}
        old: dict[int, int] = {}  # slot: the last statement that reads what it held before
        for k, index in enumerate(steps):
            for read in self._reads(index):
                self.last[read] = k
                node = self.nodes[read]
                if node.op == "slot" and (read == index or read not in self.own):
                    old[node.args[0]] = k
        wanted = [(slot, index) for slot, index in self.stores] if straight or slots else []
        at_once: dict[int, list[int]] = {}
        later: list[tuple[int, int]] = []
        for slot, index in wanted:
            if index in at and old.get(slot, -1) <= at[index]:
                at_once.setdefault(index, []).append(slot)
            else:
                later.append((slot, index))
                self.last[index] = len(steps)
        stop = self.dialect.stop
        for k, index in enumerate(steps):
            value = self._body(index, slots)
            for read in self._reads(index):
                if self.last.get(read) == k:
                    self._release(read)
            targets = [self._slot(slot, slots) for slot in at_once.get(index, ())]
            if slots and targets:
                self.place[index] = targets[0]
            elif self.last.get(index, -1) > k or not targets:
                self.place[index] = self._take(index)
                targets.insert(0, self.place[index])
            self.lines.append(f"{indent}{' = '.join([*targets, value])}{stop}")
        for slot, index in later:
            self.lines.append(f"{indent}{self._slot(slot, slots)} = {self._operand(index, slots)}{stop}")

    def _slot(self, slot: int, slots: Mapping[int, str]) -> str:
        return slots.get(slot, f"x[{slot}]")

    def _take(self, index: int) -> str:
        """Return the name of a local for a node; in a loop's head names are kept, since the loop reads them again."""
        if self.nodes[index].op in TESTS:
            self.tests.append(f"t{len(self.tests)}")
            return self.tests[-1]
        if self.fixed[index]:
            return self._new()
        name = f"v{heappop(self.free)}" if self.free else self._new()
        self.lent[index] = int(name[1:])
        return name

    def _release(self, index: int) -> None:
        if index in self.lent:
            heappush(self.free, self.lent.pop(index))

    def _operand(self, index: int, slots: Mapping[int, str]) -> str:
        if index in self.place:
            return self.place[index]
        return self._body(index, slots)

    def _body(self, index: int, slots: Mapping[int, str]) -> str:
        node = self.nodes[index]
        if node.op == "const":
            return f"({node.value!r})" if node.value < 0 or node.args else repr(node.value)
        if node.op == "slot":
            return self._slot(node.args[0], slots)
        args = [self._operand(arg, slots) for arg in node.args]
        if node.op == "select":
            return self.dialect.choose(args[0], args[1], args[2])
        if node.op == "neg":
            return f"(-{args[0]})"
        if node.op in {"sqrt", "abs"}:
            return f"{self.dialect.absolute if node.op == 'abs' else 'sqrt'}({args[0]})"
        return f"({args[0]} {node.op} {args[1]})"
