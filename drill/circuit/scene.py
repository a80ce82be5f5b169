"""What anyone standing at the bedside can see of the machine: truth that eyes have, no hidden cause."""

from collections.abc import Mapping
from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True)
class LineView:
    """Blood in one part. Cells run from inlet to outlet; fractions 0-1; flow in mL/s, positive as intended.

    `cut`: it is cut out of the circuit, both ends stand open. `there`: it is at the machine, and does not lie by or apart.
    """

    flow_ml_s: float
    saturations: tuple[float, ...]
    gas_fractions: tuple[float, ...]
    volume_ml: float
    cut: bool = False
    there: bool = True


@dataclass(frozen=True, slots=True)
class PumpView:
    """The pump head: where it sits, what the rotor does, and whether there is clot to be seen in it.

    `head_on` is "console", "emergency_drive", "backup_console", "spare_head" or "moving" (in somebody's hands).
    """

    rotor_rpm: float
    head_on: str
    head_gas_fraction: float
    clot: bool = False


@dataclass(frozen=True, slots=True)
class Scene:
    """The machine as seen. `lines` is keyed by part id; `pool_ml` is the blood in the reservoir by eye, whatever its display says.

    `ways_round` names the clamps that another way goes round, each with that way's clamps: it is the same all the time.
    """

    lines: Mapping[str, LineView]
    pump: PumpView
    console_lit: bool
    console_booting_s: float
    backup_console_here: bool
    motor_lamp: bool
    compressions: bool
    pool_ml: float | None = None
    ways_round: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
