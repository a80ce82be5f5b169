"""What there is to play, for lists and menus, and the check of a whole pack for its author."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path as FilePath

from drill.errors import PackError
from drill.scenarios.diagnostics import Diagnostic, errors_in, in_order
from drill.scenarios.entries import Site, load_entries
from drill.scenarios.library import Library
from drill.scenarios.load import gather
from drill.scenarios.schema_words import LANGUAGE
from drill.scenarios.tree import Node, Report, root


@dataclass(frozen=True, slots=True)
class Found:
    """One scenario that was found. `name` and `line` are neutral; a broken one has `error`: its problems, one per line."""

    ref: str
    name: str
    line: str
    kind: str
    free_play: bool
    error: str = ""


def find_scenarios(roots: Sequence[FilePath | str], site: Site = None) -> tuple[Found, ...]:
    """Return every scenario below the roots, free play first; a broken one is listed with its error. Never raises PackError."""
    library = Library(roots)
    found: list[Found] = []
    for pack in library.packs:
        for name in library.names(pack, "scenarios"):
            ref = f"{pack}/{name}"
            try:
                loaded, problems = gather(ref, library, site)
            except PackError as error:
                found.append(_broken(library, ref, str(error)))
                continue
            if loaded is None:
                found.append(_broken(library, ref, "\n".join(str(problem) for problem in errors_in(problems))))
                continue
            case = loaded.scenario.case
            found.append(Found(ref, case.name, case.line, loaded.circuit.kind, loaded.scenario.free_play))
    return tuple(sorted(found, key=lambda one: (bool(one.error), not one.free_play, one.ref)))


def _broken(library: Library, ref: str, error: str) -> Found:
    """Return the entry of a scenario that does not load, under its case name where that can be read."""
    pack, name = ref.split("/")
    case = root(library.document(pack, "scenarios", f"{name}.yaml"))["case"]
    return Found(ref, _words(case["name"]) or "A case that does not load", _words(case["line"]), "", free_play=False, error=error)


def _words(node: Node) -> str:
    """Return a text as it stands, or its English, or else the first of its languages; "" where there is none."""
    each = {tag: member.text for tag, member in node.pairs()}
    return node.text or each.get(LANGUAGE) or next(iter(each.values()), "")


def check_path(path: FilePath | str, *, roots: Sequence[FilePath | str], site: Site = None) -> tuple[Diagnostic, ...]:
    """Check a pack, a folder of packs, or the pack that a file lies in; `roots` hold the packs that it refers to.

    Return everything found, warnings included. Raises PackError where there is no pack to check.
    """
    path = FilePath(path)
    if not path.exists():
        raise PackError(f"{path}: there is no such file or folder")
    start = path.resolve()
    packs = [folder for folder in (start, *start.parents) if _is_pack(folder)][:1]
    if not packs and start.is_dir():
        packs = sorted(folder for folder in start.iterdir() if folder.is_dir() and _is_pack(folder))
    if not packs:
        raise PackError(f"{path}: no pack here: a pack is a folder with a pack.yaml")
    return in_order(problem for pack in packs for problem in _check_pack(pack, roots, site))


def _is_pack(folder: FilePath) -> bool:
    return (folder / "pack.yaml").exists()


def _check_pack(folder: FilePath, roots: Sequence[FilePath | str], site: Site) -> list[Diagnostic]:
    return check_pack(Library([folder.parent, *roots]), folder.name, site)  # its neighbours are known too


def check_pack(library: Library, pack: str, site: Site = None) -> list[Diagnostic]:
    """Check one pack of a library, whether or not anything uses its entries. Raises PackError without a base pack."""
    problems = [*library.strays(pack), *load_entries(library, pack, site)]
    scenarios = library.names(pack, "scenarios")
    for name in scenarios:
        problems += gather(f"{pack}/{name}", library, site, deep=True)[1]
    for document in library.documents(pack, "plays"):
        play = root(document)
        problems += document.problems
        if play["scenario"].text and play["scenario"].text not in scenarios:
            report = Report()
            report.name(play["scenario"], "scenario of this pack", scenarios)
            problems += report.found
    return problems
