"""Where chance enters a drill: one seed, and one stream of its own for each purpose.

A stream is SplitMix64 started from SHA-256(seed, purpose): a new purpose never shifts the numbers of another,
and the numbers are the same on every platform and Python version, which `random` does not promise.
"""

from collections.abc import Mapping, Sequence
from hashlib import sha256

from drill.scenarios.schema import Range

_MASK = (1 << 64) - 1


def splitmix64(state: int) -> tuple[int, int]:
    """Return the next state and 64 bits drawn from it (SplitMix64, Steele, Lea and Flood 2014)."""
    state = (state + 0x9E3779B97F4A7C15) & _MASK
    z = ((state ^ (state >> 30)) * 0xBF58476D1CE4E5B9) & _MASK
    z = ((z ^ (z >> 27)) * 0x94D049BB133111EB) & _MASK
    return state, z ^ (z >> 31)


class Dice:
    """One stream of chance, named by what it is for."""

    def __init__(self, seed: int, purpose: str) -> None:
        """Start the stream of `purpose` for the run's `seed`."""
        self._state = int.from_bytes(sha256(f"{seed}\n{purpose}".encode()).digest()[:8], "big")

    def bits(self) -> int:
        """Return the next 64 bits."""
        self._state, drawn = splitmix64(self._state)
        return drawn

    def uniform(self, low: float = 0.0, high: float = 1.0) -> float:
        """Return a number from `low` up to `high`, evenly spread, with 53 bits of chance."""
        return low + (high - low) * ((self.bits() >> 11) * 2.0**-53)

    def choice(self, weights: Sequence[float]) -> int:
        """Return the index of one of `weights`, each as likely as its share of the sum.

        Raises ValueError when no weight is above zero: there is nothing to choose.
        """
        total = sum(weights)
        if not total > 0:
            raise ValueError(f"nothing to choose among weights {list(weights)}: give at least one above 0")
        point = self.uniform(0.0, total)
        for index, weight in enumerate(weights):
            point -= weight
            if point < 0:
                return index
        return max(i for i, weight in enumerate(weights) if weight > 0)


def draw_table(seed: int, vary: Mapping[str, Range]) -> dict[str, float]:
    """Draw each number of a scenario's `vary` table from a stream of its own name."""
    return {name: Dice(seed, f"vary/{name}").uniform(span.low, span.high) for name, span in vary.items()}
