"""Packs as folders and as one file: a new one from the template, built into an archive with a digest, installed, listed.

An archive comes from a stranger. It is read into memory against a whitelist of names, with limits on every number, and
only what is whole, agrees with its own digest and passes the check reaches the disk. `zipfile.extract` is not used.
"""

import hashlib
import json
import re
import shutil
import tempfile
import zipfile
import zlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from io import BytesIO
from pathlib import Path
from typing import Any, Final

from drill.errors import PackError
from drill.records.home import own_packs, stock_packs
from drill.scenarios.catalogue import check_path
from drill.scenarios.diagnostics import cut, errors_in
from drill.scenarios.library import BASE, FOLDERS, Library
from drill.scenarios.tree import root
from drill.scenarios.yaml_reader import MAX_BYTES, Document, parse_yaml

SUFFIX: Final = ".drillpack"
FORMAT: Final = "drill/pack/1"
MANIFEST: Final = "drillpack.json"
HIDDEN: Final = "hidden"
TEMPLATE_ID: Final = "my_pack"
MAX_ARCHIVE, MAX_TOTAL, MAX_FILES = 5_000_000, 20_000_000, 400  # bytes packed, bytes unpacked, members
_ID: Final = re.compile(r"[a-z][a-z0-9_]{0,59}")
_ALLOWED: Final = re.compile(rf"(pack\.yaml|tasks\.yaml|README\.md|LICENSE|({'|'.join(FOLDERS)})/[a-z][a-z0-9_]{{0,59}}\.yaml)")
_RESERVED: Final = re.compile(r"(con|prn|aux|nul|com[0-9]|lpt[0-9])(\..*)?", re.IGNORECASE)  # what Windows keeps for itself
_DATE: Final = (1980, 1, 1, 0, 0, 0)  # the same bytes whenever it is built
_WAYS: Final = (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED)


@dataclass(frozen=True, slots=True)
class Pack:
    """A pack's files by their path in it, and what its pack.yaml says. `digest` is the same for the same files."""

    id: str
    version: str
    title: str
    files: Mapping[str, bytes]

    @property
    def digest(self) -> str:
        """SHA-256 over id, version and the SHA-256 of each file."""
        return _digest(self.id, self.version, {name: hashlib.sha256(raw).hexdigest() for name, raw in self.files.items()})


@dataclass(frozen=True, slots=True)
class Listed:
    """One pack that was found.

    `state` says how it stands: stock, installed, changed (since it was installed), own, or hidden by another of its name.
    """

    id: str
    version: str
    title: str
    scenarios: int
    digest: str
    state: str
    place: Path


def _digest(pack_id: str, version: str, sums: Mapping[str, str]) -> str:
    text = json.dumps({"id": pack_id, "version": version, "files": dict(sums)}, sort_keys=True, separators=(",", ":"), ensure_ascii=True)
    return hashlib.sha256(text.encode()).hexdigest()


def new_pack(template: Path, folder: Path, extras: Mapping[str, str]) -> list[Path]:
    """Write the template under the folder's own name; `extras` are further files by path. Return what was written.

    Raises PackError where the folder's name is no id, or where something is there already.
    """
    name = folder.absolute().name
    if not _ID.fullmatch(name) or _RESERVED.fullmatch(name):
        raise PackError(f"'{cut(name)}' cannot name a pack: use lower-case letters, digits and _, beginning with a letter, such as our_icu")
    if folder.exists() and (not folder.is_dir() or any(folder.iterdir())):
        raise PackError(f"{folder}: there is something already: name a folder that does not exist")
    written: list[Path] = []
    texts = {path.relative_to(template).as_posix(): path.read_text(encoding="utf-8") for path in sorted(template.rglob("*.yaml"))}
    for place, text in (*texts.items(), *extras.items()):
        target = folder / place
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_text(text.replace(TEMPLATE_ID, name), encoding="utf-8", newline="\n")
        written.append(target)
    return written


def read_folder(folder: Path) -> Pack:
    """Read the files of a pack that belong to it. Raises PackError for one that is too large or leads out of the pack."""
    if not (folder / "pack.yaml").is_file():
        raise PackError(f"{folder}: no pack here: a pack is a folder with a pack.yaml")
    files: dict[str, bytes] = {}
    for path in sorted(folder.rglob("*")):
        name = path.relative_to(folder).as_posix()
        if not path.is_file() or not _ALLOWED.fullmatch(name):
            continue
        if not path.resolve().is_relative_to(folder.resolve()):
            raise PackError(f"{path}: this leads out of its pack: put the file itself there")
        files[name] = path.read_bytes()
    return _pack(files, folder.as_posix())


def build(folder: Path, out: Path | None, roots: Sequence[Path | str]) -> tuple[Path, Pack]:
    """Check a pack and write it as one file; return where, and the pack. `out` None = ID-VERSION.drillpack here.

    Raises PackError with every problem where it does not pass the check, or for more than an archive may hold.
    """
    folder = folder.resolve()
    errors = errors_in(check_path(folder, roots=roots))
    if errors:
        raise PackError("\n".join(str(one) for one in errors), errors)
    pack = read_folder(folder)
    if pack.id != folder.name:
        raise PackError(f"{folder}: the id is '{cut(pack.id)}' and the folder '{folder.name}': give both one name")
    if not re.fullmatch(r"[0-9A-Za-z][0-9A-Za-z.+_-]{0,40}", pack.version):
        raise PackError(f"{folder}/pack.yaml: version '{cut(pack.version)}' is not a version such as 1.0.0")
    target = out or Path(f"{pack.id}-{pack.version}{SUFFIX}")
    raw = archive(pack)
    try:
        part = target.with_name(target.name + ".part")
        part.write_bytes(raw)
        part.replace(target)
    except OSError as error:
        raise PackError(f"{target} cannot be written ({error.strerror})") from error
    return target, pack


def archive(pack: Pack) -> bytes:
    """Return a pack as the bytes of an archive; the same pack gives the same bytes. Raises PackError where it is too large."""
    sums = {name: hashlib.sha256(raw).hexdigest() for name, raw in sorted(pack.files.items())}
    manifest = {"format": FORMAT, "id": pack.id, "version": pack.version, "title": pack.title, "digest": pack.digest, "files": sums}
    stream = BytesIO()
    with zipfile.ZipFile(stream, "w") as packed:
        for name, raw in ((MANIFEST, json.dumps(manifest, indent=1, ensure_ascii=False).encode()), *sorted(pack.files.items())):
            info = zipfile.ZipInfo(name, _DATE)
            info.compress_type = zipfile.ZIP_DEFLATED
            info.external_attr = 0o644 << 16
            packed.writestr(info, raw)
    if len(stream.getvalue()) > MAX_ARCHIVE:
        raise PackError(f"{pack.id}: more than {MAX_ARCHIVE} bytes when packed: split the pack")
    return stream.getvalue()


def open_archive(path: Path) -> Pack:
    """Read an archive into memory and return its pack. Raises PackError for anything that is not as `build` writes it."""
    try:
        if path.stat().st_size > MAX_ARCHIVE:
            raise PackError(f"{path}: larger than {MAX_ARCHIVE} bytes, which no pack is")
        raw = path.read_bytes()
    except OSError as error:
        raise PackError(f"{path}: cannot be read ({error.strerror})") from error
    try:
        with zipfile.ZipFile(BytesIO(raw)) as packed:
            members = _members(packed, path)
    except (zipfile.BadZipFile, zipfile.LargeZipFile, NotImplementedError, RuntimeError, EOFError, ValueError, zlib.error) as error:
        raise PackError(f"{path}: not a pack's archive ({cut(str(error))})") from error
    manifest = _manifest(members.pop(MANIFEST, None), path)
    pack = _pack(members, str(path))
    sums = {name: hashlib.sha256(one).hexdigest() for name, one in members.items()}
    if manifest.get("files") != sums or manifest.get("digest") != pack.digest or manifest.get("id") != pack.id:
        raise PackError(f"{path}: its files do not agree with its digest: it was changed after it was built")
    return pack


def _members(packed: zipfile.ZipFile, path: Path) -> dict[str, bytes]:
    """Return the members by name, each checked before it is unpacked and counted while it is."""
    infos = packed.infolist()
    if len(infos) > MAX_FILES:
        raise PackError(f"{path}: more than {MAX_FILES} members, which no pack has")
    found: dict[str, bytes] = {}
    total = 0
    for info in infos:
        name = info.filename
        shown = cut(repr(name))
        if name != MANIFEST and (not _ALLOWED.fullmatch(name) or any(_RESERVED.fullmatch(part) for part in name.split("/"))):
            raise PackError(f"{path}: member {shown} is none that a pack has (pack.yaml, and .yaml files in {', '.join(FOLDERS)})")
        if name in found:
            raise PackError(f"{path}: member {shown} is there twice")
        if info.flag_bits & 1 or info.compress_type not in _WAYS or (info.external_attr >> 28) not in (0, 8):
            raise PackError(f"{path}: member {shown} is locked, a link, or packed in another way than deflate")
        with packed.open(info) as stream:
            data = stream.read(MAX_BYTES + 1)
        total += len(data)
        if len(data) > MAX_BYTES or total > MAX_TOTAL:
            raise PackError(f"{path}: member {shown} is larger than a pack's file may be ({MAX_BYTES} bytes, {MAX_TOTAL} together)")
        found[name] = data
    return found


def _manifest(raw: bytes | None, path: Path) -> dict[str, Any]:
    try:
        manifest = json.loads(raw.decode("utf-8")) if raw is not None else None
    except (ValueError, RecursionError):
        manifest = None
    if not isinstance(manifest, dict) or manifest.get("format") != FORMAT:
        raise PackError(f"{path}: no {MANIFEST} of the format {FORMAT}: build it with 'drill pack build'")
    return manifest


def _pack(files: Mapping[str, bytes], where: str) -> Pack:
    """Return a pack of these files. Raises PackError without a pack.yaml that names it."""
    if len(files) > MAX_FILES or any(len(raw) > MAX_BYTES for raw in files.values()):
        raise PackError(f"{where}: more than {MAX_FILES} files, or one of more than {MAX_BYTES} bytes")
    document = parse_yaml(files["pack.yaml"], "pack.yaml") if "pack.yaml" in files else Document("pack.yaml")
    info = root(document)
    if document.problems or not _ID.fullmatch(info["id"].text) or not info["version"].text:
        raise PackError(f"{where}: its pack.yaml has no id or no version")
    title = info["title"].text or next((text.text for _, text in info["title"].pairs()), "")
    return Pack(info["id"].text, info["version"].text, title, dict(files))


def install(path: Path, *, replace: bool = False, digest: str = "") -> tuple[Path, Pack]:
    """Put an archive's pack into DRILL_HOME/scenario_packs; return where, and the pack.

    `digest` is what the giver said it is (its beginning is enough). Raises PackError for a hostile or changed archive, a
    pack that does not pass the check, or one that is there already and not to be replaced.
    """
    pack = open_archive(path)
    if digest and not (len(digest) >= 8 and pack.digest.startswith(digest.lower())):
        raise PackError(f"{path}: its digest is {pack.digest}, not {cut(digest)}: this is not the file that you were told of")
    if pack.id == BASE or (stock_packs() / pack.id).exists():
        raise PackError(f"{path}: '{pack.id}' is the name of a pack that comes with the program: its author has to rename it")
    home = own_packs()
    target = home / pack.id
    try:
        if target.exists() and not replace:
            raise PackError(f"{target}: this pack is there already: add --replace to put version {cut(pack.version)} in its place")
        home.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryDirectory(prefix=".installing_", dir=home) as place:
            fresh = Path(place) / pack.id
            _write(pack, fresh)
            errors = errors_in(check_path(fresh, roots=[stock_packs(), home]))
            if errors:
                text = "\n".join(str(one).replace(str(fresh), str(path)) for one in errors)
                raise PackError(f"{path}: this pack does not pass the check\n{text}", errors)
            if target.exists():
                shutil.move(target, Path(place) / "before")
            fresh.replace(target)
    except OSError as error:
        raise PackError(f"{target} cannot be written ({error.strerror})") from error
    return target, pack


def _write(pack: Pack, folder: Path) -> None:
    for name, raw in pack.files.items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_bytes(raw)
    (folder / MANIFEST).write_text(json.dumps({"format": FORMAT, "digest": pack.digest}), encoding="utf-8")


def listed(roots: Sequence[Path | str]) -> list[Listed]:
    """Return every pack that is found, in the order in which packs are looked for."""
    library = Library(roots)
    found: list[Listed] = []
    every = [place for name, first in library.packs.items() for place in (first, *library.hidden.get(name, ()))]
    for place in every:
        try:
            pack = read_folder(place)
        except (PackError, OSError):
            found.append(Listed(place.name, "", "does not load: see 'drill check'", 0, "", "own", place))
            continue
        scenarios = sum(1 for file in pack.files if file.startswith("scenarios/"))
        state = _state(pack, place) if place == library.packs[place.name] else HIDDEN
        found.append(Listed(pack.id, pack.version, pack.title, scenarios, pack.digest, state, place))
    return found


def taken(roots: Sequence[Path | str], pack: str) -> str:
    """Say in one line which of several packs of one name is taken; "" where there is one alone, or where all are the same."""
    library = Library(roots)
    here = library.packs.get(pack)
    others = [] if here is None else [place for place in library.hidden.get(pack, ()) if not _same(here, place)]
    return f"{pack}: taken from {here}, not from {', '.join(map(str, others))}, which differs" if others else ""


def _same(one: Path, other: Path) -> bool:
    try:
        return one.samefile(other) or read_folder(one).digest == read_folder(other).digest
    except (PackError, OSError):
        return False


def remove(name: str) -> tuple[Path, Pack]:
    """Take an installed pack away; return where it was, and the pack. Raises PackError for any that was not installed, or was changed."""
    place = own_packs() / name
    if not _ID.fullmatch(name) or not (place / MANIFEST).is_file():
        known = sorted(path.parent.name for path in own_packs().glob(f"*/{MANIFEST}"))
        raise PackError(f"'{cut(name)}' is not installed here (installed: {', '.join(known) or 'none'}); a folder of your own stays yours")
    pack = read_folder(place)
    if _state(pack, place) != "installed":
        raise PackError(
            f"{place}: this pack was changed since it was installed: move the folder away yourself, or install it with --replace"
        )
    try:
        shutil.rmtree(place)
    except OSError as error:
        raise PackError(f"{place} cannot be removed ({error.strerror})") from error
    return place, pack


def _state(pack: Pack, place: Path) -> str:
    if place.parent == stock_packs():
        return "stock"
    try:
        manifest = json.loads((place / MANIFEST).read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return "own"
    return "installed" if isinstance(manifest, dict) and manifest.get("digest") == pack.digest else "changed"
