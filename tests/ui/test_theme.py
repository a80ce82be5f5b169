"""Themes: what a theme file must hold, and what its colours must keep apart."""

from pathlib import Path

import pytest
import yaml

from drill.ui import theme as themes
from drill.ui.theme import FLASH_MAX_HZ, PRIORITIES, ThemeError, assets_folder, font_file, load_theme, mix, theme_names


def luminance(colour: tuple[int, int, int]) -> float:
    """WCAG 2.2 relative luminance."""
    parts = [c / 255 for c in colour]
    red, green, blue = (p / 12.92 if p <= 0.04045 else ((p + 0.055) / 1.055) ** 2.4 for p in parts)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def contrast(one: tuple[int, int, int], other: tuple[int, int, int]) -> float:
    """WCAG 2.2 contrast ratio."""
    light, dark = sorted((luminance(one), luminance(other)), reverse=True)
    return (light + 0.05) / (dark + 0.05)


@pytest.mark.parametrize("name", theme_names())
def test_every_theme_can_be_read_from_a_metre(name: str) -> None:
    """Text, quiet text, traces and alarms stand out from what they are written on (WCAG 4.5, large numbers 3)."""
    theme = load_theme(name)
    assert contrast(theme["text"], theme["panel"]) > 7
    assert contrast(theme["quiet"], theme["panel"]) > 4.5
    assert contrast(theme["accent"], theme["panel"]) > 4.5
    assert all(contrast(c, theme["well"]) > 4.5 for c in theme.waves.values())
    for priority in PRIORITIES:
        alarm = theme.alarms[priority]
        assert contrast(alarm["text"], alarm["fill"]) > 4.5
        assert contrast(alarm["on_panel"], theme["panel"]) > 4.5


@pytest.mark.parametrize("name", theme_names())
def test_alarm_colours_belong_to_alarms_alone(name: str) -> None:
    """No other role, trace or blood has the fill of an alarm."""
    theme = load_theme(name)
    others = {*theme.colours.values(), *theme.waves.values(), *theme.blood}
    assert not {theme.alarms[p]["fill"] for p in PRIORITIES} & others


@pytest.mark.parametrize("name", theme_names())
def test_blood_brightens_with_its_saturation(name: str) -> None:
    """Every step of saturation is lighter than the one before, so that it can be seen without seeing hues."""
    theme = load_theme(name)
    lights = [luminance(theme.blood_colour(s / 100)) for s in range(30, 101)]
    assert lights == sorted(lights)
    assert theme.blood_colour(0.1) == theme.blood[0]
    assert theme.blood_colour(1.0) == theme.blood[2]


def test_mixing_is_held_to_its_ends() -> None:
    """A part below 0 or above 1 gives an end."""
    assert mix((0, 0, 0), (100, 200, 50), 0.5) == (50, 100, 25)
    assert mix((0, 0, 0), (100, 200, 50), 7.0) == (100, 200, 50)
    assert mix((9, 9, 9), (100, 200, 50), -1.0) == (9, 9, 9)


def test_fonts_are_those_that_a_dependency_ships() -> None:
    """Both weights exist as files."""
    assert Path(font_file()).is_file()
    assert Path(font_file(bold=True)).is_file()
    assert font_file() != font_file(bold=True)


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"colours": {"accent": "teal"}}, ("colours.accent", '"#55C7B4"', "'teal'")),
        ({"colours": {"acent": "#112233"}}, ("unknown key 'acent'", "did you mean 'accent'")),
        ({"blood": ["#112233"]}, ("blood", "three colours")),
        ({"flash_hz": {"high": 5}}, ("flash_hz", str(FLASH_MAX_HZ))),
        ({"type": {"text": "big"}}, ("type.text", "needs a number")),
        ({"waves": None}, ("waves", "needs the keys")),
    ],
)
def test_a_wrong_theme_says_what_is_wrong_and_where(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, change: dict[str, object], words: tuple[str, ...]
) -> None:
    """The message names the file, the key, what was found and what is allowed."""
    raw = yaml.safe_load((assets_folder() / "themes" / "default.yaml").read_text(encoding="utf-8"))
    for key, value in change.items():
        raw[key] = {**raw[key], **value} if isinstance(value, dict) else value
    (tmp_path / "themes").mkdir()
    (tmp_path / "themes" / "default.yaml").write_text(yaml.safe_dump(raw), encoding="utf-8")
    monkeypatch.setattr(themes, "assets_folder", lambda: tmp_path)
    with pytest.raises(ThemeError) as caught:
        load_theme()
    for word in ("default.yaml", *words):
        assert word in str(caught.value)


def test_an_unknown_theme_names_the_nearest() -> None:
    """A misspelt name is answered with the one that was meant."""
    with pytest.raises(ThemeError, match="did you mean 'colour_safe'"):
        load_theme("color_safe")
