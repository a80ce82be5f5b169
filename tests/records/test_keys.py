import os
import stat
from pathlib import Path

import pytest

from drill.errors import DrillError
from drill.records import keys
from drill.records.keys import Key, new_key, open_key, own_public, signature_fits, station_key, trust, trusted_keys, who_is


def test_a_station_makes_its_key_once(drill_home: Path) -> None:
    """The first use makes station.key for its owner's eyes only; later uses find the same."""
    assert own_public() == ""
    first = station_key()

    assert station_key().public == first.public == own_public()
    if os.name == "posix":
        assert stat.S_IMODE((drill_home / "station.key").stat().st_mode) == 0o600
    assert sorted(p.name for p in drill_home.iterdir() if p.name != "kernels") == ["station.key"]


def test_a_signature_fits_its_words_and_its_key_alone() -> None:
    """Another word, another key, a bit more or less, or no signature at all: it does not fit."""
    key, other = station_key(), new_key("other")[0]
    public, signature = key.sign(b"words")

    assert signature_fits(public, b"words", signature)
    flipped = f"{int(signature[0], 16) ^ 1:x}{signature[1:]}"
    for a, b, c in (
        (public, b"Words", signature),
        (other.public, b"words", signature),
        (public, b"words", flipped),
        (public, b"words", signature[:-2]),
        (public, b"words", None),
        (None, b"words", signature),
        ("zz", b"words", signature),
    ):
        assert not signature_fits(a, b, c)


@pytest.mark.skipif(os.name != "posix" or os.geteuid() == 0, reason="nothing is read-only for root")
def test_a_home_that_cannot_be_written_gives_no_key(tmp_path: Path) -> None:
    """Read-only: an error that says where."""
    folder = tmp_path / "readonly"
    folder.mkdir(mode=0o500)
    with pytest.raises(DrillError, match="no key can be written"):
        station_key(folder)


def test_no_key_where_a_file_stands_in_the_way(tmp_path: Path) -> None:
    """A home that is a file gives no key, and says so."""
    (tmp_path / "file").write_text("")
    with pytest.raises((DrillError, OSError)):
        station_key(tmp_path / "file")


@pytest.mark.skipif(os.name != "posix", reason="modes are POSIX")
def test_a_key_that_others_can_read_signs_nothing(drill_home: Path) -> None:
    """What others may have copied proves nothing."""
    station_key()
    (drill_home / "station.key").chmod(0o644)
    with pytest.raises(DrillError, match="chmod 600"):
        station_key()


@pytest.mark.parametrize("content", [b"", b"nonsense", b"-----BEGIN PRIVATE KEY-----\nAAAA\n-----END PRIVATE KEY-----\n"])
def test_a_file_that_is_no_key_is_named(drill_home: Path, content: bytes) -> None:
    """A broken key file is an error with its path, and is never replaced."""
    path = drill_home / "station.key"
    path.write_bytes(content)
    path.chmod(0o600)
    with pytest.raises(DrillError, match=r"station\.key is no key"):
        station_key()
    assert path.read_bytes() == content


def test_a_supervisors_key_may_be_locked() -> None:
    """With a passphrase it opens with that alone; without one it opens as it is; a second of the same name is refused."""
    made, path = new_key("Dr. Weiss", "correct horse")

    assert keys.is_locked("Dr. Weiss")
    assert b"ENCRYPTED" in path.read_bytes()
    assert open_key("Dr. Weiss", "correct horse").public == made.public
    for wrong in ("", "battery"):
        with pytest.raises(DrillError, match="passphrase"):
            open_key("Dr. Weiss", wrong)
    with pytest.raises(DrillError, match="already"):
        new_key("Dr. Weiss")
    other = new_key("A")[0]
    assert not keys.is_locked("A")
    assert keys.key_names() == {other.public: "A", made.public: "Dr. Weiss"}


@pytest.mark.parametrize("name", ["", "../x", "a/b", "a\\b", ".hidden", "x" * 41, "a\nb", "end."])
def test_a_name_never_leaves_the_folder_of_keys(name: str) -> None:
    """A name is one file's name."""
    with pytest.raises(DrillError, match="cannot be a name"):
        new_key(name)


def test_a_missing_key_says_how_to_make_one() -> None:
    """The command stands in the message."""
    with pytest.raises(DrillError, match="drill key new"):
        open_key("nobody")


def test_the_trusted_list_names_stations(drill_home: Path) -> None:
    """A key is this station's, a trusted one's by name, or unknown; a broken line is named."""
    own, bay = station_key(drill_home).public, "ab" * 32
    trust(bay, "Bay 3")

    assert trusted_keys() == {bay: "Bay 3"}
    assert who_is(bay, trusted_keys(), own) == "Bay 3 (abababab)"
    assert who_is(own, trusted_keys(), own).startswith("this station")
    assert who_is("cd" * 32, trusted_keys(), own).startswith("unknown station")
    with pytest.raises(DrillError, match="already"):
        trust(bay, "Bay 4")
    with pytest.raises(DrillError, match="no public key"):
        trust("abc", "Bay 5")
    with (drill_home / "trusted.txt").open("a") as file:
        file.write("# a remark\n\nnonsense\n")
    with pytest.raises(DrillError, match=r"trusted.txt:4"):
        trusted_keys()


def test_two_that_begin_at_once_end_with_one_key(drill_home: Path) -> None:
    """Whoever comes second takes the key that is there."""
    from concurrent.futures import ThreadPoolExecutor

    with ThreadPoolExecutor(8) as pool:
        made: list[Key] = list(pool.map(lambda _: station_key(drill_home), range(16)))

    assert {key.public for key in made} == {own_public(drill_home)}
