"""What a look finds: the words for what the machine's state shows to an eye."""

FINDINGS: dict[str, tuple[str, ...]] = {
    "pump_head": ("clean", "turning", "standing", "off_its_magnets", "froth", "clot"),
    "console": ("dark", "booting", "alive", "motor_fault_lamp"),
    "mains_and_switch": ("switch_on", "isolation_switch_off", "mains_on", "mains_off"),
    "line": ("clear", "gas"),
    "oxygenator_colour": ("bright", "dark"),
    "sweep_flowmeter": ("flowing", "off"),
    "patient": ("ejecting", "no_pulse"),
}
