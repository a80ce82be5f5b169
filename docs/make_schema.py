"""Write the JSON Schemas of a pack's files into a folder, for editors: `make docs`."""

import sys
from pathlib import Path

from drill.scenarios.jsonschema import schema_files

if __name__ == "__main__":
    folder = Path(sys.argv[1])
    folder.mkdir(parents=True, exist_ok=True)
    for name, text in schema_files().items():
        (folder / Path(name).name).write_text(text, encoding="utf-8", newline="\n")
