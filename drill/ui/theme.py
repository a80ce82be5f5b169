"""The panel's colours, type and fonts, read from a theme file, so that no colour stands in code.

Waveform colours follow no standard, and hospitals differ: they belong to a file that a site can change.
"""

import importlib.util
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import yaml

import drill
from drill.errors import DrillError, nearest

Colour = tuple[int, int, int]

COLOURS = (
    "background", "panel", "well", "edge", "raised", "text", "quiet", "faint", "accent", "accent_deep", "line_drawing",
    "steel", "steel_dark", "gas", "water", "oxygen", "heart", "tube_outline", "done", "said",
)  # fmt: skip
WAVES = ("ecg", "art", "cvp", "spo2", "nirs")
PRIORITIES = ("high", "medium", "low")
ALARM_PARTS = ("fill", "deep", "text", "on_panel")
SIZES = ("label", "text", "reading", "number", "big")
FLASH_MAX_HZ = 2.8  # IEC 60601-1-8 style upper end for a red flash; below what provokes photosensitive seizures
SATURATION_STOPS = (0.30, 0.80, 1.00)  # tunable: what a look calls dark, below 92 %, must look darker than 99 %


class ThemeError(DrillError):
    """Raised when a theme file does not hold what the panel draws with."""


@dataclass(frozen=True, slots=True)
class Theme:
    """Colours by role, alarm colours by priority, type sizes in logical pixels, flash rates in Hz."""

    name: str
    title: str
    colours: Mapping[str, Colour]
    blood: tuple[Colour, Colour, Colour]
    waves: Mapping[str, Colour]
    alarms: Mapping[str, Mapping[str, Colour]]
    sizes: Mapping[str, int]
    flash_hz: Mapping[str, float]

    def __getitem__(self, role: str) -> Colour:
        """Return the colour of a role, as `theme["accent"]`."""
        return self.colours[role]

    def blood_colour(self, saturation: float) -> Colour:
        """Return the colour of blood at a saturation 0-1: dark below 0.30, bright at 1."""
        low, middle, high = SATURATION_STOPS
        if saturation <= middle:
            return mix(self.blood[0], self.blood[1], (saturation - low) / (middle - low))
        return mix(self.blood[1], self.blood[2], (saturation - middle) / (high - middle))


def mix(one: Colour, other: Colour, part: float) -> Colour:
    """Return the colour `part` of the way (0-1, held to that) from one to the other."""
    p = 0.0 if part < 0.0 else min(part, 1.0)
    return (
        round(one[0] + (other[0] - one[0]) * p),
        round(one[1] + (other[1] - one[1]) * p),
        round(one[2] + (other[2] - one[2]) * p),
    )


def assets_folder() -> Path:
    """Return the folder of images, sounds and themes: inside an installed wheel, else beside the package."""
    inside = Path(drill.__file__).parent / "_data" / "assets"
    return inside if inside.is_dir() else Path(drill.__file__).parent.parent / "assets"


def font_file(*, bold: bool = False) -> str:
    """Return the path of Noto Sans as pygame_gui ships it: system fonts differ, and pictures would with them."""
    name = "NotoSans-Bold.ttf" if bold else "NotoSans-Regular.ttf"
    spec = importlib.util.find_spec("pygame_gui")  # found and not imported: only its data folder is wanted here
    found = Path(spec.origin).parent / "data" / name if spec is not None and spec.origin else None
    if found is None or not found.is_file():
        raise ThemeError(f"font {name} is missing from the installed pygame_gui: install pygame_gui 0.6.14 or later again")
    return str(found)


def theme_names() -> tuple[str, ...]:
    """Return the names of the themes that are installed, the default first."""
    names = sorted(p.stem for p in (assets_folder() / "themes").glob("*.yaml"))
    return tuple(sorted(names, key=lambda n: n != "default"))


def load_theme(name: str = "default") -> Theme:
    """Load assets/themes/NAME.yaml. Raises ThemeError naming the file, the key and what was expected there."""
    if name not in theme_names():
        raise ThemeError(f"unknown theme '{name}'{nearest(name, theme_names())}")
    path = assets_folder() / "themes" / f"{name}.yaml"
    raw = yaml.safe_load(path.read_text(encoding="utf-8"))
    reader = _Reader(path.name, raw if isinstance(raw, dict) else {})
    blood = reader.raw.get("blood")
    if not isinstance(blood, list) or len(blood) != len(SATURATION_STOPS):
        raise ThemeError(f"{path.name}: blood: needs three colours (saturation 30, 80 and 100 %), found {blood!r}")
    alarms = reader.section("alarms", PRIORITIES)
    flash = reader.numbers("flash_hz", ("high", "medium"))
    if max(flash.values()) > FLASH_MAX_HZ:
        raise ThemeError(f"{path.name}: flash_hz: {max(flash.values())} is above {FLASH_MAX_HZ} Hz, which no screen of Drill may exceed")
    return Theme(
        name=name,
        title=str(reader.raw.get("title", name)),
        colours=reader.colours("colours", COLOURS),
        blood=(reader.colour("blood[0]", blood[0]), reader.colour("blood[1]", blood[1]), reader.colour("blood[2]", blood[2])),
        waves=reader.colours("waves", WAVES),
        alarms={p: reader.colours(f"alarms.{p}", ALARM_PARTS, alarms[p]) for p in PRIORITIES},
        sizes={k: int(v) for k, v in reader.numbers("type", SIZES).items()},
        flash_hz=flash,
    )


class _Reader:
    """Takes named colours and numbers out of a theme's YAML and says where one is missing."""

    def __init__(self, file: str, raw: Mapping[str, object]) -> None:
        self.file = file
        self.raw = raw

    def section(self, key: str, names: tuple[str, ...], found: object = None) -> Mapping[str, object]:
        found = self.raw.get(key) if found is None else found
        if not isinstance(found, dict):
            raise ThemeError(f"{self.file}: {key}: needs the keys {', '.join(names)}, found {found!r}")
        for name in names:
            if name not in found:
                raise ThemeError(f"{self.file}: {key}: '{name}' is missing")
        for name in found:
            if name not in names:
                raise ThemeError(f"{self.file}: {key}: unknown key '{name}'{nearest(str(name), names)}")
        return found

    def colours(self, key: str, names: tuple[str, ...], found: object = None) -> dict[str, Colour]:
        section = self.section(key, names, found)
        return {n: self.colour(f"{key}.{n}", section[n]) for n in names}

    def numbers(self, key: str, names: tuple[str, ...]) -> dict[str, float]:
        section = self.section(key, names)
        numbers: dict[str, float] = {}
        for name in names:
            value = section[name]
            if isinstance(value, bool) or not isinstance(value, (int, float)) or not 0 < value < 200:
                raise ThemeError(f"{self.file}: {key}.{name}: needs a number above 0 and below 200, found {value!r}")
            numbers[name] = float(value)
        return numbers

    def colour(self, key: str, value: object) -> Colour:
        text = value if isinstance(value, str) else ""
        if len(text) == 7 and text[0] == "#" and all(c in "0123456789abcdefABCDEF" for c in text[1:]):
            return (int(text[1:3], 16), int(text[3:5], 16), int(text[5:7], 16))
        raise ThemeError(f'{self.file}: {key}: needs a colour like "#55C7B4" in quotes, found {value!r}')
