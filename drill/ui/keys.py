"""Which key does what. Keys are bound by their place on the keyboard (scancode) and named by the local layout.

So the clamp keys lie where they lie whatever the country, and the cap that is shown is the one that is printed there.
"""

from collections.abc import Mapping
from dataclasses import dataclass

import pygame

LETTERS = "abcdefghijklmnopqrstuvwxyz"
US_NAMES = {
    pygame.KSCAN_MINUS: "-", pygame.KSCAN_EQUALS: "=", pygame.KSCAN_COMMA: ",", pygame.KSCAN_PERIOD: ".", pygame.KSCAN_SLASH: "/",
    pygame.KSCAN_SEMICOLON: ";", pygame.KSCAN_APOSTROPHE: "'", pygame.KSCAN_LEFTBRACKET: "[", pygame.KSCAN_RIGHTBRACKET: "]",
}  # fmt: skip
FIXED_NAMES = {
    pygame.KSCAN_SPACE: "Space",
    pygame.KSCAN_UP: "Up", pygame.KSCAN_DOWN: "Down", pygame.KSCAN_PAGEUP: "PgUp", pygame.KSCAN_PAGEDOWN: "PgDn",
    pygame.KSCAN_F1: "F1", pygame.KSCAN_F2: "F2", pygame.KSCAN_F3: "F3",
    pygame.KSCAN_BACKSPACE: "Back", pygame.KSCAN_ESCAPE: "Esc", pygame.KSCAN_TAB: "Tab",
    pygame.KSCAN_RETURN: "Enter", pygame.KSCAN_LEFT: "Left", pygame.KSCAN_RIGHT: "Right",
}  # fmt: skip
DIGITS = (
    pygame.KSCAN_1, pygame.KSCAN_2, pygame.KSCAN_3, pygame.KSCAN_4, pygame.KSCAN_5, pygame.KSCAN_6, pygame.KSCAN_7, pygame.KSCAN_8,
    pygame.KSCAN_9, pygame.KSCAN_0,
)  # fmt: skip
KEYPAD_DIGITS = (
    pygame.KSCAN_KP1, pygame.KSCAN_KP2, pygame.KSCAN_KP3, pygame.KSCAN_KP4, pygame.KSCAN_KP5, pygame.KSCAN_KP6, pygame.KSCAN_KP7,
    pygame.KSCAN_KP8, pygame.KSCAN_KP9, pygame.KSCAN_KP0,
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Bound:
    """A key that does something to the thing with the spot id `spot`; `step` moves its control, else it is pressed."""

    scancode: int
    spot: str
    step: float = 0.0


BINDINGS = (
    Bound(pygame.KSCAN_R, "clamp_return"),
    Bound(pygame.KSCAN_D, "clamp_drainage"),
    Bound(pygame.KSCAN_O, "clamp_pump_outlet"),
    Bound(pygame.KSCAN_X, "clamp_post_ox"),
    Bound(pygame.KSCAN_L, "clamp_distal_perfusion"),
    Bound(pygame.KSCAN_UP, "pump_rpm_set", 100),
    Bound(pygame.KSCAN_DOWN, "pump_rpm_set", -100),
    Bound(pygame.KSCAN_PAGEUP, "pump_rpm_set", 500),
    Bound(pygame.KSCAN_PAGEDOWN, "pump_rpm_set", -500),
    Bound(pygame.KSCAN_Z, "knob_zero"),
    Bound(pygame.KSCAN_P, "power"),
    Bound(pygame.KSCAN_I, "isolation_switch"),
    Bound(pygame.KSCAN_Q, "sweep_l_min", -0.5),
    Bound(pygame.KSCAN_W, "sweep_l_min", 0.5),
    Bound(pygame.KSCAN_A, "fdo2_pct", -5),
    Bound(pygame.KSCAN_S, "fdo2_pct", 5),
    Bound(pygame.KSCAN_N, "flow_alarm_low_l_min", -0.1),
    Bound(pygame.KSCAN_M, "flow_alarm_low_l_min", 0.1),
    Bound(pygame.KSCAN_B, "bubble_stop"),
    Bound(pygame.KSCAN_H, "pump"),
    Bound(pygame.KSCAN_E, "emergency_drive"),
    Bound(pygame.KSCAN_U, "backup_console"),
    Bound(pygame.KSCAN_PERIOD, "console"),
    Bound(pygame.KSCAN_J, "tap_drainage"),
    Bound(pygame.KSCAN_K, "tap_post_ox"),
    Bound(pygame.KSCAN_V, "vent_ox"),
    Bound(pygame.KSCAN_G, "blender"),
    Bound(pygame.KSCAN_Y, "oxygenator"),
    Bound(pygame.KSCAN_T, "patient"),
    Bound(pygame.KSCAN_F, "line"),
    Bound(pygame.KSCAN_C, "console_panel"),
    Bound(pygame.KSCAN_COMMA, "heater"),
    Bound(pygame.KSCAN_SLASH, "ventilator"),
    Bound(pygame.KSCAN_SEMICOLON, "gas_line"),
    Bound(pygame.KSCAN_APOSTROPHE, "infusions"),
    Bound(pygame.KSCAN_LEFTBRACKET, "wall"),
    Bound(pygame.KSCAN_RIGHTBRACKET, "monitor"),
    Bound(pygame.KSCAN_F1, "audio_pause"),
    Bound(pygame.KSCAN_F2, "acknowledge"),
    Bound(pygame.KSCAN_F3, "side_next"),
)


def local_names() -> dict[int, str]:
    """Return what the local layout prints on each letter and sign key, by scancode."""
    names = {**US_NAMES, **{pygame.KSCAN_A + k: letter.upper() for k, letter in enumerate(LETTERS)}, **FIXED_NAMES}
    names.update({code: str((k + 1) % 10) for k, code in enumerate(DIGITS)})
    if not pygame.display.get_init():
        return names
    # A wrapped table of scancodes, asked by key, answers with the scancode where the local layout has that key.
    where: Mapping[int, int] = pygame.key.ScancodeWrapper(range(512))  # type: ignore[arg-type, assignment]
    for key in (*map(ord, LETTERS), *map(ord, "-=[];',./")):
        code = where[key]
        if code and code in names and code not in FIXED_NAMES:
            names[code] = chr(key).upper()
    return names


def keys_of(spot: str, names: dict[int, str]) -> tuple[str, ...]:
    """Return the names of the keys that work on a spot, in the order of the table."""
    return tuple(names[b.scancode] for b in BINDINGS if b.spot == spot)


def digit_of(scancode: int) -> int:
    """Return the digit of a number key, top row or keypad: 1 to 9, 10 for the 0; 0 for any other key."""
    for row in (DIGITS, KEYPAD_DIGITS):
        if scancode in row:
            return row.index(scancode) + 1
    return 0
