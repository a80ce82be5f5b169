"""The `drawing:` section of a circuit: where its parts lie on the panel. Checked here, so that a slip is named and not drawn.

Coordinates are logical pixels inside the circuit pane; paths run the way the blood is meant to go.
"""

from collections.abc import Mapping
from typing import Literal

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from drill.circuit.controls import CLAMPS, CONTROLS
from drill.circuit.readings import SHOWN
from drill.errors import CircuitError, nearest

XY = tuple[float, float]
Rect = tuple[float, float, float, float]


class _Model(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid", allow_inf_nan=False)


class Tube(_Model):
    """A part drawn as a tube. `arrows` are places along it (0-1) of the chevrons for the intended direction."""

    part: str
    path: tuple[XY, ...] = Field(min_length=2)
    width: float = Field(gt=1, le=40)
    corner: float = 16
    arrows: tuple[float, ...] = ()
    over_devices: bool = False


class PumpPlace(_Model):
    """The pump head: its eye, where the inlet arrives, is at `at`. A `roller` has two rollers on an arm."""

    part: str
    at: XY
    radius: float
    roller: bool = False


class HeadPlace(_Model):
    """A further roller head, turned by `control`. Its name's baseline starts at `label`; its speed stands below."""

    part: str
    control: str
    at: XY
    radius: float
    title: str
    label: XY


class VesselPlace(_Model):
    """A reservoir: its blood stands as high as `reading` (mL) says, of `full_ml`. `part` is its outlet, whose blood it shows."""

    part: str
    box: Rect
    reading: str
    full_ml: float = Field(gt=0)


class FilterPlace(_Model):
    """An arterial filter: a dome over its screen."""

    part: str
    box: Rect
    title: str


class OxygenatorPlace(_Model):
    """The membrane lung; the x of its gas inlet (high), exhaust and water ports (towards the heater-cooler).

    `gas_path` is the way of the gas line to it, where that does not fall straight from the blender.
    """

    part: str
    box: Rect
    gas_x: float
    exhaust_x: float
    water_x: float
    title: str = "Oxygenator"
    gas_path: tuple[XY, ...] = ()


class Place(_Model):
    """A box with nothing but a place."""

    box: Rect


class PatientPlace(_Model):
    """The bed with the patient on it, and the left middle of the caps of its key, the ventilator's and the infusion pumps'."""

    bed: Rect
    key: XY
    ventilator_key: XY
    infusions_key: XY | None = None


class Station(_Model):
    """Where a drive is parked while the pump head is not on it; its id is the scene's name of the drive."""

    id: str
    box: Rect
    title: str


class ClampSite(_Model):
    """A place for a clamp on a tube; its `handles` lie left or right of the flow. `key` is the left middle of its key's cap.

    `label` is where its name's first baseline starts, or with `align: right` where it ends. `leader` is where a hairline from the end of
    a name that stands away from its clamp leads.
    """

    control: str
    tube: str
    at: XY
    title: str
    key: XY
    label: XY
    align: Literal["left", "right"] = "left"
    leader: XY | None = None
    small: bool = False
    handles: Literal["left", "right"] = "right"


class TapSite(_Model):
    """A tap or vent: its arm goes from `at`, on the line, to `body`. `key` and `label` as of a clamp."""

    control: str
    at: XY
    body: XY
    title: str
    key: XY
    label: XY
    align: Literal["left", "right"] = "left"


class LaidPlace(_Model):
    """What the surgeon has opened or laid another way: it shows only while `tap` is open, with its `title` beside it.

    `path` is the tube there, `width` wide, with the blood of `part`; `label` is where the title's baseline starts.
    """

    tap: str
    part: str
    path: tuple[XY, ...] = Field(min_length=2)
    width: float = Field(gt=1, le=40)
    corner: float = 12
    title: str
    label: XY


class SensorSite(_Model):
    """A sensor on a tube and the left top corner of its reading."""

    reading: str
    label: str
    tube: str
    at: XY
    box: XY


class Thing(_Model):
    """What can be pointed at, and what is listed there: things to look at and do by their ids, and controls by name."""

    title: str
    options: tuple[str, ...] = ()
    controls: tuple[str, ...] = ()


class Drawing(_Model):
    """The whole picture of one circuit. Words stand at the right: those of the heart level end at `heart_level_x`.

    Those of the depth below it end at `depth_at`, in the lower right corner where it is not given.
    """

    size: XY
    heart_level_y: float
    heart_level_x: float = 720.0
    depth_at: XY | None = None
    patient: PatientPlace
    tubes: tuple[Tube, ...]
    pump: PumpPlace
    oxygenator: OxygenatorPlace
    second_oxygenator: OxygenatorPlace | None = None
    heads: tuple[HeadPlace, ...] = ()
    reservoir: VesselPlace | None = None
    filter: FilterPlace | None = None
    blender: Place
    heater: Place
    stations: tuple[Station, ...]
    clamps: tuple[ClampSite, ...]
    taps: tuple[TapSite, ...] = ()
    laid: tuple[LaidPlace, ...] = ()
    sensors: tuple[SensorSite, ...]
    things: dict[str, Thing]
    line_key: XY
    gas_line_key: XY
    wall_key: XY | None = None

    @property
    def lungs(self) -> tuple[OxygenatorPlace, ...]:
        """The oxygenator, and the second one where there is a place for it."""
        return (self.oxygenator,) if self.second_oxygenator is None else (self.oxygenator, self.second_oxygenator)

    def tube(self, part: str) -> Tube:
        """Return the tube that draws a part."""
        for tube in self.tubes:
            if tube.part == part:
                return tube
        raise CircuitError(f"drawing: no tube draws '{part}'{nearest(part, [t.part for t in self.tubes])}")


def read_drawing(raw: Mapping[str, object]) -> Drawing:
    """Return the drawing of a circuit. Raises CircuitError with every wrong key or name and where it stands."""
    try:
        drawing = Drawing.model_validate(raw)
    except ValidationError as error:
        slips = "; ".join(f"{'.'.join(str(p) for p in e['loc'])}: {e['msg']}" for e in error.errors())
        raise CircuitError(f"drawing: {slips}") from None
    drawn = {t.part for t in drawing.tubes}
    places = [c.tube for c in drawing.clamps] + [s.tube for s in drawing.sensors] + [one.part for one in drawing.laid]
    wrong = [f"sensors: '{s.reading}' is not a shown reading{nearest(s.reading, SHOWN)}" for s in drawing.sensors if s.reading not in SHOWN]
    wrong += [f"clamps: unknown clamp '{c.control}'{nearest(c.control, CLAMPS)}" for c in drawing.clamps if c.control not in CLAMPS]
    wrong += [f"taps: unknown tap '{t.control}'{nearest(t.control, CONTROLS)}" for t in drawing.taps if t.control not in CONTROLS]
    wrong += [f"laid: unknown tap '{one.tap}'{nearest(one.tap, CONTROLS)}" for one in drawing.laid if one.tap not in CONTROLS]
    listed = [name for thing in drawing.things.values() for name in thing.controls]
    wrong += [f"heads: unknown control '{h.control}'{nearest(h.control, CONTROLS)}" for h in drawing.heads if h.control not in CONTROLS]
    level = drawing.reservoir.reading if drawing.reservoir is not None else SHOWN[0]
    wrong += [f"reservoir: '{level}' is not a shown reading{nearest(level, SHOWN)}"] if level not in SHOWN else []
    wrong += [f"things: unknown control '{name}'{nearest(name, CONTROLS)}" for name in listed if name not in CONTROLS]
    wrong += [f"'{part}' is not among the tubes{nearest(part, drawn)}" for part in places if part not in drawn]
    if wrong:
        raise CircuitError("drawing: " + "; ".join(wrong))
    return drawing
