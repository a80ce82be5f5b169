"""Reads YAML from strangers: plain data, with the place of every value and key.

PyYAML's loaders are not used: they crash on deep nesting, read `on` as true, `1:30` as 90 and `010` as 8, and forget
where things stood. The data is built from the parser's events in one loop, with the scalars of YAML 1.2's core schema.
Anchors, aliases, tags, duplicate keys, a second document and numbers that are not finite are refused.
"""

import math
import re
from dataclasses import dataclass, field
from pathlib import Path as FilePath
from typing import Any

import yaml

from drill.scenarios.diagnostics import Diagnostic, Mark, Path, cut, dotted

MAX_BYTES = 1_000_000
MAX_DEPTH = 32
MAX_NODES = 50_000
MAX_DIGITS = 20
MAX_NUMBER = 1e15  # larger ones are slips of the hand, and no longer whole as floats

_INT = re.compile(r"[-+]?[0-9]+")
_OTHER_INT = re.compile(r"0o[0-7]+|0x[0-9a-fA-F]+")
_FLOAT = re.compile(r"[-+]?(\.[0-9]+|[0-9]+(\.[0-9]*)?)([eE][-+]?[0-9]+)?")
_NOT_FINITE = re.compile(r"[-+]?\.(inf|Inf|INF)|\.(nan|NaN|NAN)")
_CONTROL = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069\ud800-\udfff]")
_NULL = ("", "~", "null", "Null", "NULL")
_TRUE = ("true", "True", "TRUE")
_FALSE = ("false", "False", "FALSE")
_LOADER: Any = getattr(yaml, "CSafeLoader", yaml.SafeLoader)


@dataclass(slots=True)
class Document:
    """One file's data, the place of each value and key by path, and the problems met while reading.

    `made` is for those who make something of it, to keep what they made: it goes with the document.
    """

    file: str
    data: Any = None
    values: dict[Path, Mark] = field(default_factory=dict)
    keys: dict[Path, Mark] = field(default_factory=dict)
    problems: list[Diagnostic] = field(default_factory=list)
    readable: bool = False
    made: dict[Any, Any] = field(default_factory=dict, init=False, repr=False, compare=False)

    def mark(self, path: Path, *, key: bool = False) -> Mark:
        """Return where a value (or its key) stands; a path that is not there is placed at its nearest parent."""
        if key and path in self.keys:
            return self.keys[path]
        while path and path not in self.values:
            path = path[:-1]
        return self.values.get(path, Mark(1, 1))

    def problem(self, path: Path, message: str, *, key: bool = False) -> Diagnostic:
        """Return a diagnostic for a path in this file."""
        line, col = self.mark(path, key=key)
        return Diagnostic(self.file, line, col, dotted(path), message)


class _StopReadingError(Exception):
    """Raised when the rest of a file is not worth reading: the problem is already noted."""


def read_yaml(path: FilePath, name: str) -> Document:
    """Read a file as one YAML document; `name` is how messages call it. Nothing is raised: problems are in the document."""
    document = Document(name)
    try:
        if not path.is_file():
            message = "there is no such file" if not path.exists() else "this is not a file"
            document.problems.append(document.problem((), message))
            return document
        with path.open("rb") as stream:
            raw = stream.read(MAX_BYTES + 1)
    except OSError as error:
        document.problems.append(document.problem((), f"cannot be read: {error.strerror or type(error).__name__}"))
        return document
    return parse_yaml(raw, name)


def parse_yaml(raw: bytes | str, name: str) -> Document:
    """Parse one YAML document. Nothing is raised: what is wrong is in the document's `problems`."""
    document = Document(name)
    raw = raw.encode("utf-8", "surrogatepass") if isinstance(raw, str) else raw
    if len(raw) > MAX_BYTES:
        document.problems.append(document.problem((), f"more than {MAX_BYTES} bytes: split the file"))
        return document
    try:
        text = raw.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = raw.count(b"\n", 0, error.start) + 1
        message = f"byte 0x{raw[error.start]:02x} is not UTF-8 text: save the file as UTF-8"
        document.problems.append(Diagnostic(name, line, error.start - raw.rfind(b"\n", 0, error.start), "", message))
        return document
    builder = _Builder(document)
    try:
        for event in yaml.parse(text, Loader=_LOADER):
            builder.take(event)
    except _StopReadingError:
        return document
    except yaml.reader.ReaderError as error:
        place = text[: error.position]
        line, col = place.count("\n") + 1, error.position - place.rfind("\n")
        document.problems.append(Diagnostic(name, line, col, "", "a control character that YAML does not allow: delete it"))
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        line, col = (mark.line + 1, mark.column + 1) if mark else (1, 1)
        problem = str(error.problem or error.context)
        hint = " (a tab: indent with spaces)" if "\t" in "".join(text.splitlines()[line - 1 : line]) else _quotes(problem)
        document.problems.append(Diagnostic(name, line, col, "", f"not YAML: {problem}{hint}"))
    except yaml.YAMLError as error:
        document.problems.append(Diagnostic(name, 1, 1, "", f"not YAML: {cut(str(error).splitlines()[0])}"))
    else:
        if builder.documents == 0 or (document.data is None and not document.problems):
            document.problems.append(Diagnostic(name, 1, 1, "", "the file is empty"))
        document.readable = document.data is not None
    return document


def _quotes(problem: str) -> str:
    """Say what most often lies behind the parser's words, where that is so."""
    if "mapping values are not allowed" in problem:
        return ": if this is a text with a colon in it, put the text in quotes"
    if "',' or '}'" in problem or "',' or ']'" in problem:
        return ": if this is a text with a comma, colon or quote in it, put the text in quotes"
    return ""


@dataclass(slots=True)
class _Frame:
    """A list or mapping under construction. `key` is what the next value belongs to, `duplicate` that it was there before.

    `dropped` says that the whole holder hangs below a duplicate key and is thrown away.
    """

    holder: Any
    path: Path
    dropped: bool
    key: str | None = None
    duplicate: bool = False


class _Builder:
    """Builds data from events without recursion, so that no nesting can exhaust anything."""

    def __init__(self, document: Document) -> None:
        self.document = document
        self.documents = 0
        self.nodes = 0
        self.stack: list[_Frame] = []

    def take(self, event: Any) -> None:
        """Take the parser's next event."""
        match event:
            case yaml.DocumentStartEvent():
                self.documents += 1
                if self.documents > 1:
                    self._stop(event, "a second document begins here: one file holds one document (delete the '---')")
                if event.tags:
                    self._stop(event, "%TAG is not allowed")
            case yaml.AliasEvent():
                self._stop(event, f"alias {cut(repr(f'*{event.anchor}'))} is not allowed: write the value out")
            case yaml.ScalarEvent():
                self._plain(event)
                self._scalar(event)
            case yaml.SequenceStartEvent():
                self._plain(event)
                self._open(event, [])
            case yaml.MappingStartEvent():
                self._plain(event)
                self._open(event, {})
            case yaml.SequenceEndEvent() | yaml.MappingEndEvent():
                self.stack.pop()

    def _plain(self, event: Any) -> None:
        """Refuse anchors and tags, and count the nodes."""
        self.nodes += 1
        if self.nodes > MAX_NODES:
            self._stop(event, f"more than {MAX_NODES} values: split the file")
        if event.anchor is not None:
            self._stop(event, f"anchor {cut(repr(f'&{event.anchor}'))} is not allowed: write the value out")
        if event.tag is not None:
            self._stop(event, f"tag {cut(repr(event.tag))} is not allowed: plain YAML says it all")

    def _open(self, event: Any, holder: Any) -> None:
        frame = self.stack[-1] if self.stack else None
        if frame is not None and isinstance(frame.holder, dict) and frame.key is None:
            self._stop(event, "a list or mapping cannot be a key: keys are names")
        if len(self.stack) >= MAX_DEPTH:
            self._stop(event, f"nested more than {MAX_DEPTH} deep")
        path, dropped = self._put(event, holder)
        self.stack.append(_Frame(holder, path, dropped))

    def _scalar(self, event: Any) -> None:
        frame = self.stack[-1] if self.stack else None
        if frame is not None and isinstance(frame.holder, dict) and frame.key is None:
            self._key(event, frame)
        else:
            self._put(event, self._resolve(event))

    def _key(self, event: Any, frame: _Frame) -> None:
        frame.key = key = self._text(event, str(event.value))
        path = (*frame.path, key)
        frame.duplicate = key in frame.holder
        if frame.dropped:
            return
        if frame.duplicate:
            first = self.document.mark(path, key=True)
            self._note(event, path, f"key {cut(repr(key))} is here twice (first in line {first.line}): keep one")
        else:
            self.document.keys[path] = _mark(event)

    def _put(self, event: Any, value: Any) -> tuple[Path, bool]:
        """Hang a value where it belongs; return its path, and whether it hangs below a duplicate key."""
        path: Path = ()
        dropped = False
        if not self.stack:
            self.document.data = value
        elif isinstance((frame := self.stack[-1]).holder, list):
            path, dropped = (*frame.path, len(frame.holder)), frame.dropped
            frame.holder.append(value)
        else:
            path, dropped = (*frame.path, str(frame.key)), frame.dropped or frame.duplicate
            if not frame.duplicate:
                frame.holder[str(frame.key)] = value
            frame.key = None
        if not dropped:
            self.document.values[path] = _mark(event)
        return path, dropped

    def _resolve(self, event: Any) -> Any:
        """Return a scalar's value by YAML 1.2's core schema; whatever is quoted is text."""
        text = str(event.value)
        if not event.implicit[0]:
            return self._text(event, text)
        if text in _NULL:
            return None
        if text in _TRUE or text in _FALSE:
            return text in _TRUE
        if _INT.fullmatch(text):
            return self._number(event, int(text) if len(text) <= MAX_DIGITS else math.inf, text)
        if _OTHER_INT.fullmatch(text):
            return self._number(event, int(text, 0) if len(text) <= MAX_DIGITS else math.inf, text)
        if _FLOAT.fullmatch(text):
            return self._number(event, float(text), text)
        if _NOT_FINITE.fullmatch(text):
            return self._number(event, math.inf, text)
        return self._text(event, text)

    def _number(self, event: Any, value: float, text: str) -> float:
        if abs(value) <= MAX_NUMBER:
            return value
        self._note(event, self._here(), f"number {cut(text)} is not finite or too large")
        return 0.0

    def _text(self, event: Any, text: str) -> str:
        """Refuse control and direction characters: they would reach a terminal or a page."""
        hidden = _CONTROL.search(text)
        if hidden is None:
            return text
        self._note(event, self._here(), f"control character U+{ord(hidden.group()):04X} in a text: delete it")
        return ""

    def _here(self) -> Path:
        frame = self.stack[-1] if self.stack else None
        if frame is None:
            return ()
        return (*frame.path, len(frame.holder) if isinstance(frame.holder, list) else str(frame.key))

    def _note(self, event: Any, path: Path, message: str) -> None:
        line, col = _mark(event)
        self.document.problems.append(Diagnostic(self.document.file, line, col, dotted(path), message))

    def _stop(self, event: Any, message: str) -> None:
        self._note(event, (), message)
        raise _StopReadingError


def _mark(event: Any) -> Mark:
    return Mark(event.start_mark.line + 1, event.start_mark.column + 1)
