"""The panel and the screens around it. pygame greets on standard output, which belongs to our own commands: not here."""

import os

os.environ.setdefault("PYGAME_HIDE_SUPPORT_PROMPT", "1")
