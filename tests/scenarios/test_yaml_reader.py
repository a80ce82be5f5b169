"""Reading YAML from strangers: plain data with places, surprises read as text, hostile files refused."""

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from drill.scenarios.diagnostics import Mark
from drill.scenarios.yaml_reader import MAX_BYTES, MAX_NODES, parse_yaml, read_yaml


def messages(text: bytes | str) -> list[str]:
    """The problems of a text, printed."""
    return [str(problem) for problem in parse_yaml(text, "f.yaml").problems]


@pytest.mark.parametrize(
    ("scalar", "value"),
    [
        ("on", "on"), ("off", "off"), ("yes", "yes"), ("1:30", "1:30"), ("010", 10), ("1e3", 1000.0), ("0o17", 15), ("0x1F", 31),
        (".5", 0.5), ("5.", 5.0), ("-3", -3), ("+3", 3), ("1_000", "1_000"), ("2026-11-21", "2026-11-21"), ("~", None), ("null", None),
        ("true", True), ("False", False), ("'1'", "1"), ('"on"', "on"), ("0b1", "0b1"), ("1.2.3", "1.2.3"), ("=", "="),
    ],
)  # fmt: skip
def test_scalar_is_read_by_the_core_schema(scalar: str, value: object) -> None:
    """YAML 1.1's surprises (on, 1:30, 010, 1e3, dates, 1_000) are what they look like."""
    document = parse_yaml(f"a: {scalar}\nb: 1\n", "f.yaml")

    assert document.problems == []
    assert document.data == {"a": value, "b": 1}
    assert type(document.data["a"]) is type(value)


def test_places_of_values_and_keys() -> None:
    """Every value and key has its line and column; what is not there is placed at its parent."""
    document = parse_yaml("a:\n  - {b: 1,\n     c: [2, 3]}\n", "f.yaml")

    assert document.mark(("a", 0, "c", 1)) == Mark(3, 13)
    assert document.mark(("a", 0, "c"), key=True) == Mark(3, 6)
    assert document.mark(("a", 0, "d", "e")) == document.mark(("a", 0)) == Mark(2, 5)


def test_every_duplicate_key_is_named_once_and_the_rest_is_read() -> None:
    """Reading goes on after a duplicate; what hangs below it is thrown away, and complaints inside it are too."""
    document = parse_yaml("a: 1\na: {x: 1, x: 2}\nb: {c: 1, c: 2}\n", "f.yaml")

    assert [str(p) for p in document.problems] == [
        "f.yaml:2:1: a: key 'a' is here twice (first in line 1): keep one",
        "f.yaml:3:11: b.c: key 'c' is here twice (first in line 3): keep one",
    ]
    assert document.data == {"a": 1, "b": {"c": 1}}


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("[" * 30_000, "f.yaml:1:33: nested more than 32 deep"),
        ("{a: " * 30_000, "nested more than 32 deep"),
        ("- " * 40 + "x", "nested more than 32 deep"),
        ("a: &x [1]\nb: 2", "f.yaml:1:4: anchor '&x' is not allowed"),
        ("a: *x", "f.yaml:1:4: alias '*x' is not allowed"),
        ("a: !!python/object/apply:os.system [id]", "f.yaml:1:4: tag 'tag:yaml.org,2002:python/"),
        ("%TAG ! tag:x,2000:\n---\n!foo a", "%TAG is not allowed"),
        ("a: 1\n---\nb: 2", "f.yaml:2:1: a second document begins here"),
        ("a: 1e400", "f.yaml:1:4: a: number 1e400 is not finite or too large"),
        ("a: -.inf", "not finite"),
        ("a: .nan", "not finite"),
        ("a: " + "9" * 5000, "f.yaml:1:4: a: number 99999"),
        ("a: 0x" + "f" * 5000, "not finite or too large"),
        ("? [a]\n: 1", "a list or mapping cannot be a key"),
        ("", "f.yaml:1:1: the file is empty"),
        ("# nothing\n---\n", "the file is empty"),
        ("null", "the file is empty"),
        ("\x00", "a control character that YAML does not allow"),
        ('a: "\\x1b[2J"', "f.yaml:1:4: a: control character U+001B in a text"),
        ('"\\x1b": 1', "control character U+001B"),
        ("a: \u202eabc", "control character U+202E"),
        (b"a: \xff\xfe", "f.yaml:1:4: byte 0xff is not UTF-8 text"),
        ("a:\n\t- b", "f.yaml:2:1: not YAML: found character that cannot start any token (a tab: indent with spaces)"),
        ("{a: 1", "f.yaml:2:1: not YAML"),
        ("a: 'x", "not YAML"),
        ("x" * (MAX_BYTES + 1), "more than 1000000 bytes"),
        ("[" + "1," * MAX_NODES + "1]", "more than 50000 values"),
    ],
)  # fmt: skip
def test_hostile_or_broken_text_is_refused_in_one_clear_line(text: bytes | str, message: str) -> None:
    """Each refusal says where and what to do; none raises, none reads on as if nothing were."""
    found = messages(text)

    assert len(found) == 1
    assert message in found[0]
    assert found[0].isprintable()


@given(st.one_of(st.text(max_size=200), st.binary(max_size=200), st.text(alphabet="[]{}:,-?&*!|>'\"%@`#\n\t ab1~.", max_size=120)))
def test_no_text_at_all_raises(text: bytes | str) -> None:
    """Whatever the bytes, the answer is data or problems, each on one printable line."""
    document = parse_yaml(text, "f.yaml")

    assert document.problems or document.readable
    assert all(str(problem).isprintable() for problem in document.problems)


def test_file_that_is_not_there_or_not_a_file(tmp_path: Path) -> None:
    """A missing file, a folder and a device are refused in words."""
    assert "there is no such file" in str(read_yaml(tmp_path / "none.yaml", "none.yaml").problems[0])
    assert "this is not a file" in str(read_yaml(tmp_path, "x").problems[0])
    huge = tmp_path / "huge.yaml"
    huge.write_bytes(b"a" * (MAX_BYTES + 10))
    assert "split the file" in str(read_yaml(huge, "huge.yaml").problems[0])
