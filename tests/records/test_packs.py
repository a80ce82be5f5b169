"""Packs as files: built and installed they are the same; whatever a stranger puts into an archive is refused in words."""

import json
import struct
import zipfile
from collections.abc import Callable
from io import BytesIO
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from drill.errors import PackError
from drill.records.home import assets_root, own_packs, pack_roots
from drill.records.packs import (
    MANIFEST,
    MAX_ARCHIVE,
    MAX_FILES,
    Pack,
    archive,
    build,
    install,
    listed,
    new_pack,
    open_archive,
    read_folder,
    remove,
    taken,
)
from drill.scenarios.catalogue import check_path
from drill.scenarios.jsonschema import schema_files
from drill.scenarios.library import Library

Make = Callable[[zipfile.ZipFile], object]


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A new pack from the template."""
    place = tmp_path / "our_icu"
    new_pack(assets_root() / "pack_template", place, schema_files())
    return place


@pytest.fixture
def built(folder: Path, tmp_path: Path) -> Path:
    """It, as one file."""
    return build(folder, tmp_path / "x.drillpack", pack_roots())[0]


def repacked(source: Path, target: Path, change: Callable[[dict[str, bytes]], None]) -> Path:
    """The archive with its members changed, its manifest untouched unless it is what changes."""
    with zipfile.ZipFile(source) as packed:
        members = {info.filename: packed.read(info) for info in packed.infolist()}
    change(members)
    with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as packed:
        for name, raw in members.items():
            packed.writestr(name, raw)
    return target


def test_a_new_pack_passes_the_check(folder: Path) -> None:
    """The template is without a finding under its new name, and brings schemas that nothing trips over."""
    assert check_path(folder, roots=pack_roots()) == ()
    assert (folder / ".schema/scenario.json").is_file()
    assert "our_icu" in (folder / "pack.yaml").read_text(encoding="utf-8")


@pytest.mark.parametrize("name", ["Our ICU", "1st", "con", "a-b", "ä"])
def test_a_folder_that_cannot_name_a_pack_is_refused(tmp_path: Path, name: str) -> None:
    """The pack's id is its folder's name."""
    with pytest.raises(PackError, match="cannot name a pack"):
        new_pack(assets_root() / "pack_template", tmp_path / name, {})
    assert list(tmp_path.glob("*/pack.yaml")) == []


def test_a_new_pack_never_writes_over_anything(folder: Path) -> None:
    """What is there stays there."""
    with pytest.raises(PackError, match="there is something already"):
        new_pack(assets_root() / "pack_template", folder, {})


def test_built_installed_and_listed_it_is_the_same(built: Path, folder: Path) -> None:
    """Archive, folder and installed copy have one digest; the same pack gives the same bytes; a change after it shows."""
    pack = read_folder(folder)
    target, installed = install(built, digest=pack.digest[:12])

    assert archive(pack) == built.read_bytes()
    assert (target, installed.digest, read_folder(target).digest) == (own_packs() / "our_icu", pack.digest, pack.digest)
    assert {one.id: one.state for one in listed(pack_roots())}["our_icu"] == "installed"
    (target / "pack.yaml").write_text((target / "pack.yaml").read_text(encoding="utf-8") + "# mine\n", encoding="utf-8")
    assert {one.id: one.state for one in listed(pack_roots())}["our_icu"] == "changed"


def test_the_folder_beside_goes_before_the_installed_copy(built: Path, folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Whoever stands beside the folder means it; one line says so as soon as the two differ, and the list shows both."""
    install(built)
    monkeypatch.chdir(folder.parent)
    assert Library(pack_roots()).packs["our_icu"] == folder
    assert taken(pack_roots(), "our_icu") == ""
    (folder / "pack.yaml").write_text((folder / "pack.yaml").read_text(encoding="utf-8") + "# mine\n", encoding="utf-8")

    assert taken(pack_roots(), "our_icu") == f"our_icu: taken from {folder}, not from {own_packs() / 'our_icu'}, which differs"
    assert [(one.state, one.place) for one in listed(pack_roots()) if one.id == "our_icu"] == [
        ("own", folder),
        ("hidden", own_packs() / "our_icu"),
    ]
    monkeypatch.chdir(folder)
    assert Library(pack_roots()).packs["our_icu"] == folder


def test_an_installed_pack_is_removed_and_no_other(built: Path) -> None:
    """What was changed, and what was never installed, stays where it is."""
    target, _ = install(built)
    changed = (target / "pack.yaml").read_text(encoding="utf-8")
    (target / "pack.yaml").write_text(changed + "# mine\n", encoding="utf-8")
    for name, why in (("our_icu", "was changed since"), ("../our_icu", "is not installed"), ("base", "installed: our_icu")):
        with pytest.raises(PackError, match=why):
            remove(name)
    (target / "pack.yaml").write_text(changed, encoding="utf-8")

    assert remove("our_icu")[0] == target
    assert not target.exists()


def test_what_is_there_is_replaced_only_when_asked(built: Path) -> None:
    """A second install says what to do; with --replace nothing of the old one stays."""
    target, _ = install(built)
    (target / "plays/old.yaml").write_text("x", encoding="utf-8")

    with pytest.raises(PackError, match="add --replace"):
        install(built)
    install(built, replace=True)
    assert not (target / "plays/old.yaml").exists()
    assert [path.name for path in own_packs().iterdir()] == ["our_icu"]


def test_a_pack_with_an_error_is_not_built(folder: Path, tmp_path: Path) -> None:
    """What does not pass the check becomes no file."""
    file = folder / "scenarios/first_case.yaml"
    file.write_text(file.read_text(encoding="utf-8").replace("motor", "moter").replace("settle_s", "setle_s"), encoding="utf-8")

    with pytest.raises(PackError, match="unknown key 'setle_s'"):
        build(folder, tmp_path / "y.drillpack", pack_roots())
    assert not (tmp_path / "y.drillpack").exists()


@pytest.mark.parametrize(
    ("name", "message"),
    [
        ("../evil.yaml", "is none that a pack has"),
        ("/etc/evil.yaml", "is none that a pack has"),
        ("C:\\evil.yaml", "is none that a pack has"),
        ("scenarios/../../evil.yaml", "is none that a pack has"),
        ("scenarios/con.yaml", "is none that a pack has"),
        ("scenarios/Case.yaml", "is none that a pack has"),
        ("scenarios/case.yaml.exe", "is none that a pack has"),
        ("scenarios/sub/case.yaml", "is none that a pack has"),
        (".schema/scenario.json", "is none that a pack has"),
        ("run.py", "is none that a pack has"),
        ("scenarios/", "is none that a pack has"),
        ("scenarios/a\u202eb.yaml", "is none that a pack has"),
        ("plays/extra.yaml", "do not agree with its digest"),
    ],
)
def test_a_member_that_no_pack_has_is_refused(built: Path, tmp_path: Path, name: str, message: str) -> None:
    """Paths out of the pack, reserved and strange names, programs and additions: nothing reaches the disk."""
    bad = repacked(built, tmp_path / "bad.drillpack", lambda members: members.update({name: b"a: 1\n"}))

    with pytest.raises(PackError, match=message) as caught:
        install(bad)
    assert str(caught.value).isprintable()
    assert not own_packs().exists() or list(own_packs().iterdir()) == []
    assert not (tmp_path.parent / "evil.yaml").exists()


def lie_about_size(raw: bytes) -> bytes:
    """The central directory says that the second member is one byte long."""
    at = raw.rindex(b"PK\x01\x02")
    return raw[: at + 24] + struct.pack("<I", 1) + raw[at + 28 :]


@pytest.mark.parametrize(
    ("make", "message"),
    [
        (lambda _: b"", "not a pack's archive"),
        (lambda _: b"not a zip at all", "not a pack's archive"),
        (lambda raw: raw[: len(raw) // 2], "not a pack's archive"),
        (lambda raw: raw[:60] + bytes(40) + raw[100:], "not a pack's archive"),
        (lambda raw: raw + bytes(MAX_ARCHIVE), "larger than"),
        (lie_about_size, "not a pack's archive|do not agree"),
    ],
)
def test_a_damaged_archive_is_refused(built: Path, make: Callable[[bytes], bytes], message: str) -> None:
    """Cut, empty, overwritten, padded or lying about sizes: an answer, and no traceback."""
    built.write_bytes(make(built.read_bytes()))

    with pytest.raises(PackError, match=message):
        install(built)


def packed(tmp_path: Path, make: Make, compression: int = zipfile.ZIP_DEFLATED) -> Path:
    """An archive with whatever `make` puts in."""
    stream = BytesIO()
    with zipfile.ZipFile(stream, "w", compression) as archive_file:
        make(archive_file)
    (tmp_path / "made.drillpack").write_bytes(stream.getvalue())
    return tmp_path / "made.drillpack"


def test_bombs_links_twins_and_other_ways_of_packing_are_refused(tmp_path: Path) -> None:
    """A thousandfold expansion, a link, a member that is there twice, bzip2, and more members than a pack has."""
    link = zipfile.ZipInfo("scenarios/a.yaml")
    link.external_attr = 0o120777 << 16
    with pytest.raises(PackError, match="larger than a pack's file may be"):
        open_archive(packed(tmp_path, lambda z: z.writestr("scenarios/a.yaml", bytes(50_000_000))))
    with pytest.raises(PackError, match="a link"):
        open_archive(packed(tmp_path, lambda z: z.writestr(link, "/etc/passwd")))
    with pytest.raises(PackError, match="another way than deflate"):
        open_archive(packed(tmp_path, lambda z: z.writestr("pack.yaml", "a"), zipfile.ZIP_BZIP2))
    with pytest.raises(PackError, match="more than 400 members"):
        open_archive(packed(tmp_path, lambda z: [z.writestr(f"plays/p{n}.yaml", "") for n in range(MAX_FILES + 1)]))  # type: ignore[func-returns-value]
    with pytest.warns(UserWarning, match="Duplicate"):
        twice = packed(tmp_path, lambda z: [z.writestr("pack.yaml", "a") for _ in range(2)])  # type: ignore[func-returns-value]
    with pytest.raises(PackError, match="there twice"):
        open_archive(twice)


def test_many_large_members_together_are_refused(tmp_path: Path) -> None:
    """Each below the limit, all together above it."""
    many = packed(tmp_path, lambda z: [z.writestr(f"plays/p{n}.yaml", bytes(900_000)) for n in range(30)])  # type: ignore[func-returns-value]

    with pytest.raises(PackError, match="20000000 together"):
        open_archive(many)


def test_a_pack_under_a_stock_name_or_another_digest_is_refused(built: Path, tmp_path: Path, folder: Path) -> None:
    """Nobody takes the place of a pack that comes with the program, and a digest that was told must fit."""
    files = {**read_folder(folder).files, "pack.yaml": (folder / "pack.yaml").read_bytes().replace(b"our_icu", b"pump_head_failure")}
    stolen = tmp_path / "stolen.drillpack"
    stolen.write_bytes(archive(Pack("pump_head_failure", "0.1.0", "x", files)))

    with pytest.raises(PackError, match="comes with the program"):
        install(stolen)
    with pytest.raises(PackError, match="this is not the file that you were told of"):
        install(built, digest="0123456789")


def test_an_installed_pack_has_passed_the_check(folder: Path, tmp_path: Path) -> None:
    """An archive that was built by hand around the check is refused at the door, with every problem."""
    files = dict(read_folder(folder).files)
    files["scenarios/first_case.yaml"] = files["scenarios/first_case.yaml"].replace(b"settle_s", b"setle_s")
    bad = tmp_path / "bad.drillpack"
    bad.write_bytes(archive(Pack("our_icu", "0.1.0", "x", files)))

    with pytest.raises(PackError, match="does not pass the check") as caught:
        install(bad)
    assert "unknown key 'setle_s'" in str(caught.value)
    assert list(own_packs().iterdir()) == []


def test_a_manifest_that_is_none_is_refused(built: Path, tmp_path: Path) -> None:
    """Missing, no JSON, deep JSON, or of another format."""
    for number, text in enumerate((None, b"{", b"[" * 100_000, json.dumps({"format": "drill/pack/9"}).encode())):

        def change(members: dict[str, bytes], text: bytes | None = text) -> None:
            members.pop(MANIFEST)
            members.update({MANIFEST: text} if text is not None else {})

        with pytest.raises(PackError, match=r"no drillpack\.json of the format"):
            install(repacked(built, tmp_path / f"{number}.drillpack", change))


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(data=st.data())
def test_bytes_changed_anywhere_never_give_another_pack(built: Path, data: st.DataObject) -> None:
    """An archive with any stretch overwritten is the same pack, or is refused in words."""
    raw = built.read_bytes()
    digest = open_archive(built).digest
    start = data.draw(st.integers(0, len(raw) - 1))
    piece = data.draw(st.binary(min_size=1, max_size=8))
    other = built.with_name("other.drillpack")
    other.write_bytes(raw[:start] + piece + raw[start + len(piece) :])
    try:
        assert open_archive(other).digest == digest
    except PackError as error:
        assert str(error)  # noqa: PT017  either is fine
