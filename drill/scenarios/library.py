"""Where packs lie: folders of YAML below one or more roots. Finds files by name, and lets no path leave its pack."""

from collections.abc import Sequence
from pathlib import Path as FilePath

from drill.scenarios.diagnostics import Diagnostic
from drill.scenarios.yaml_reader import Document, read_yaml

FOLDERS = ("scenarios", "plays", "circuits", "devices", "patients", "sites")
FILES = ("pack.yaml", "tasks.yaml")
BASE = "base"
SITE = "site.yaml"  # the site's own profile, beside the packs


class Library:
    """The packs below some roots, each file read, and each folder listed, once.

    A pack in an earlier root hides one of the same id in a later one, which is kept in `hidden`.
    `site` is the site's own profile: the first `site.yaml` that lies in a root, beside the packs.
    """

    def __init__(self, roots: Sequence[FilePath | str]) -> None:
        """Look for packs: folders of a root that hold a pack.yaml."""
        self.packs: dict[str, FilePath] = {}
        self.hidden: dict[str, list[FilePath]] = {}
        self.site = next((path for base in roots if (path := FilePath(base) / SITE).is_file()), None)
        for base in (FilePath(one) for one in roots):
            for folder in _children(base):
                if not (folder / "pack.yaml").exists():
                    continue
                if self.packs.setdefault(folder.name, folder) != folder:
                    self.hidden.setdefault(folder.name, []).append(folder)
        self._read: dict[FilePath, Document] = {}
        self._names: dict[tuple[str, str], list[str]] = {}

    def document(self, pack: str, *parts: str) -> Document:
        """Return one file of a pack that is known. `parts` are names, never paths; a link out of the pack is refused."""
        folder = self.packs[pack]
        path = folder.joinpath(*parts)
        if path not in self._read:
            self._read[path] = self._open(folder, path)
        return self._read[path]

    def _open(self, folder: FilePath, path: FilePath) -> Document:
        name = shown_name(path)
        try:
            inside = path.resolve().is_relative_to(folder.resolve())
        except (OSError, RuntimeError):  # a link that leads to itself
            inside = False
        if not inside:
            document = Document(name)
            document.problems.append(Diagnostic(name, 1, 1, "", "this leads out of its pack: put the file itself there"))
            return document
        return read_yaml(path, name)

    def names(self, pack: str, folder: str) -> list[str]:
        """Return the names, without .yaml, of what lies in one folder of a pack."""
        if (pack, folder) not in self._names:
            self._names[pack, folder] = [path.stem for path in _children(self.packs[pack] / folder) if path.suffix == ".yaml"]
        return self._names[pack, folder]

    def refs(self, folder: str) -> list[str]:
        """Return pack/name of everything in the folders of that name."""
        return [f"{pack}/{name}" for pack in self.packs for name in self.names(pack, folder)]

    def documents(self, pack: str, folder: str) -> list[Document]:
        """Return all files of one folder of a pack."""
        return [self.document(pack, folder, f"{name}.yaml") for name in self.names(pack, folder)]

    def strays(self, pack: str) -> list[Diagnostic]:
        """Warn of YAML files that nothing reads, such as those in a misspelt folder."""
        folder = self.packs[pack]
        found: list[Diagnostic] = []
        for path in [*_children(folder), *(inner for child in _children(folder) if child.is_dir() for inner in _children(child))]:
            place = path.relative_to(folder).parts
            read = (len(place) == 1 and place[0] in FILES) or (len(place) == 2 and place[0] in FOLDERS and path.suffix == ".yaml")
            if path.suffix in (".yaml", ".yml") and not read:
                allowed = f"{', '.join(FILES)}, and .yaml files in {', '.join(FOLDERS)}"
                found.append(Diagnostic(shown_name(path), 1, 1, "", f"nothing reads this file (a pack has {allowed})", "warning"))
        return found


def _children(folder: FilePath) -> list[FilePath]:
    """Return what lies in a folder, by name, without hidden entries; nothing if it cannot be read."""
    try:
        return sorted(path for path in folder.iterdir() if not path.name.startswith((".", "_")))
    except OSError:
        return []


def shown_name(path: FilePath) -> str:
    """Return a path as messages show it: from the present folder where it lies below, so that an editor can open it."""
    try:
        return path.absolute().relative_to(FilePath.cwd()).as_posix()
    except (ValueError, OSError):
        return path.as_posix()
