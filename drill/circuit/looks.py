"""What a look finds: the words for what the machine's state shows to an eye."""

FINDINGS: dict[str, tuple[str, ...]] = {
    "pump_head": ("clean", "turning", "standing"),
    "console": ("dark", "booting", "alive", "motor_fault_lamp"),
    "mains_and_switch": ("isolation_switch_off", "mains_on"),
    "line": ("clear",),
    "oxygenator_colour": ("bright", "dark"),
    "sweep_flowmeter": ("flowing", "off"),
    "patient": ("ejecting", "no_pulse"),
}
