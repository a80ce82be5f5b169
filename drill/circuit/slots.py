"""Names become indices once: every number of a plant lives in one flat array, and this is its table of contents."""

from drill.circuit.trace import Graph, Num, Sym
from drill.errors import CircuitError
from drill.units import SUBSTEP_S


class Slots:
    """The flat array's names with their first values. A name says what it is: `flow:`, `vol:`, `o2:`, `par:`, `in:` ..."""

    def __init__(self) -> None:
        self.index: dict[str, int] = {}
        self.first: list[float] = []

    def add(self, name: str, value: float) -> int:
        """Make a slot; a name can be made only once."""
        if name in self.index:
            raise CircuitError(f"two parts of the circuit want the name '{name}': give one of them another id")
        self.index[name] = len(self.first)
        self.first.append(float(value))
        return self.index[name]

    def __getitem__(self, name: str) -> int:
        return self.index[name]

    def __contains__(self, name: str) -> bool:
        return name in self.index

    def names(self, prefix: str) -> list[str]:
        """Return the slot names that begin with `prefix`, in the order in which they were made."""
        return [name for name in self.index if name.startswith(prefix)]


class Scope:
    """The array as a function being traced sees it: read and write by name. `substep_s` is the step of the hydraulics."""

    def __init__(self, slots: Slots, graph: Graph, substep_s: float = SUBSTEP_S) -> None:
        self.slots = slots
        self.graph = graph
        self.substep_s = substep_s

    def __getitem__(self, name: str) -> Sym:
        return self.graph.read(self.slots[name])

    def __setitem__(self, name: str, value: Num) -> None:
        self.graph.write(self.slots[name], value)
