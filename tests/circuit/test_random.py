"""Whatever hands and faults do to whatever machine, the model stays finite, possible, and closes.

A case is twenty seconds of 4 to 14 random moves: controls, clamps, faults in any part, cuts, fresh parts, syringes, drugs,
fluids. `random_cases.py` plays one again by its number. The full count (10 000) is in `make soak`.
"""

import pytest

from .random_cases import plant_of, play

STOCK, RANDOM, SHARDS = 9000, 1000, 100  # cases in soak, in so many tests


def _wrong(numbers: range, *, random: bool) -> dict[int, list[str]]:
    found = {number: play(plant_of(number, random=random), number) for number in numbers}
    return {number: what for number, what in found.items() if what}


@pytest.mark.slow
def test_stock_machines_close_whatever_is_done_to_them() -> None:
    """Every shipped circuit with every shipped patient: finite, possible contents, balances to 1e-9."""
    assert _wrong(range(6), random=False) == {}


@pytest.mark.slow
def test_random_machines_close_whatever_is_done_to_them() -> None:
    """Machines of random parts, lengths and heights that pass the wiring check: finite, possible contents, balances to 1e-9."""
    assert _wrong(range(4), random=True) == {}


@pytest.mark.soak
@pytest.mark.parametrize("shard", range(SHARDS))
def test_ten_thousand_cases(shard: int) -> None:
    """The full count: 9000 cases on stock circuits, 1000 on random machines (an interpreted one costs as much as six compiled)."""
    stock, random = STOCK // SHARDS, RANDOM // SHARDS

    assert _wrong(range(shard * stock, (shard + 1) * stock), random=False) == {}
    assert _wrong(range(shard * random, (shard + 1) * random), random=True) == {}
