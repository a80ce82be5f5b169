"""A mill of spoilt packs: each is a shipped pack with a few values or a stretch of text changed, checked, and played if it loads.

Run as a program it prints what became of so many mutants as JSON. Nothing is written to the disk: the library's files are
replaced in memory, and only what a mutant changes is read again.
"""

import copy
import json
import signal
import sys
import time
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any, Final, TypeVar

from drill.circuit import compiler
from drill.engine.actions import Action
from drill.engine.dice import Dice
from drill.engine.scoring import score
from drill.engine.session import Session
from drill.errors import DrillError, PackError
from drill.reports.guide import render_guide
from drill.robots.make import make_robot, play
from drill.scenarios import catalogue
from drill.scenarios.diagnostics import Diagnostic
from drill.scenarios.entries import Site
from drill.scenarios.graph import mermaid, svg
from drill.scenarios.library import Library
from drill.scenarios.load import Loaded, gather
from drill.scenarios.schema import Go
from drill.scenarios.tree import root
from drill.scenarios.yaml_reader import parse_yaml

SHIPPED: Final = Path(__file__).resolve().parents[2] / "scenario_packs"
TICKS: Final = 60  # of play for a mutant that loads: its crisis is made to begin at once
PATIENCE_S: Final = 60  # longer than any mutant takes on a busy machine
ODD: Final[tuple[Any, ...]] = (
    None, True, False, 0, -1, 1.5, 1e14, 7200, "", "x", "return", "motor_fault", "base/x", "../x", "Ä", "you", "cause", [], {}, [[]],
    [None], {"site": "x"}, {"site": "clamp_within_s"}, {"site": [1]}, {"draw": "x"}, {"draw": 3}, {"draw": "onset_s"}, {"all": []},
    {"en": "x"}, {"de": ""}, {"not": {"not": {}}}, {"value": "flow_l_min"}, {"value": "flow_l_min", "above": 1}, {"id": "x"},
    {"task": "compressions", "is": "running"},
    [{"id": "steady"}], {"x": {"y": [1, {"z": None}]}}, {"fault": "cause"}, [{"fault": "runaway", "at": {"rpm": {"draw": "onset_s"}}}],
    {"fault": "kink", "part": "return_line", "after_s": 0.1}, {"note": "x", "after_s": 0.1},
)  # fmt: skip
SIGNS: Final = ("&a ", "*a", "- ", "{", "]", "\t", "'", ": ", "|", "!x ", "\x00", "\n", "\u202e", "  ", "#", "? ", "---\n", "1e999", ".nan")


Thing = TypeVar("Thing")


class _TooLongError(Exception):
    """Raised by the alarm when one mutant takes too long."""


class Mill:
    """Makes mutants one after the other from a stream of chance, and counts what becomes of them."""

    def __init__(self, seed: int) -> None:
        """Read the shipped packs once."""
        self.dice = Dice(seed, "mutants")
        self.library = Library([SHIPPED])
        self.files = [path for path in sorted(SHIPPED.rglob("*.yaml")) if SHIPPED in (path.parents[1], path.parents[2])]
        self.texts = {path: path.read_text(encoding="utf-8") for path in self.files}
        self.documents = {path: parse_yaml(text, path.name) for path, text in self.texts.items()}
        self.library._read.update(self.documents)
        self.run_seed = self.whole(1000)  # one for all: what it draws makes a machine of its own
        self.spoilt: Path | None = None
        self.loaded: dict[str, tuple[Loaded | None, tuple[Diagnostic, ...]]] = {}  # with what is spoilt now
        self.whole_packs: dict[str, tuple[Diagnostic, ...]] = {}  # by scenario: what there is to say when nothing is spoilt
        self.counts: Counter[str] = Counter()
        self.slowest_s = 0.0
        self.failures: list[str] = []

    def whole(self, high: int) -> int:
        """A whole number from 0 up to, without, `high`."""
        return min(high - 1, int(self.dice.uniform(0, high)))

    def one_of(self, things: Sequence[Thing]) -> Thing:
        """One of some things."""
        return things[self.whole(len(things))]

    def file(self) -> Path:
        """A file: three times out of four one that educators write, else a stock machine's."""
        written = [path for path in self.files if path.parent.name in ("scenarios", "plays") or path.name in ("pack.yaml", "tasks.yaml")]
        return self.one_of(written) if self.dice.uniform() < 0.75 else self.one_of([path for path in self.files if path not in written])

    def mutant(self) -> tuple[Path, str]:
        """A file and its spoilt text."""
        path = self.file()
        if self.dice.uniform() < 0.35:
            return path, self._cut(self.texts[path])
        data = copy.deepcopy(self.documents[path].data)
        for _ in range(self.one_of((1, 1, 1, 2, 3))):
            self._change(data)
        return path, json.dumps(data)

    def _cut(self, text: str) -> str:
        start = self.whole(len(text))
        end = min(len(text), start + self.whole(120))
        piece = self.one_of(("", text[start:end] * 2, self.one_of(SIGNS), self.one_of(SIGNS) + text[start:end]))
        return text[:start] + piece + text[end:]

    def _change(self, data: Any) -> None:
        """Replace, remove, add, rename, double, shift or scale one value."""
        path = self.one_of([*paths(data)] or [()])
        if not path:
            return
        holder = data
        for part in path[:-1]:
            holder = holder[part]
        key, value = path[-1], holder[path[-1]]
        match self.whole(8):
            case 0:
                del holder[key]
            case 1 if isinstance(holder, dict):
                odd = copy.deepcopy(self.one_of(ODD))
                holder[self.one_of(("at", "is", "for_s", "by", "in", "part", "x", "ß", "when", "enter", "go", "can"))] = odd
            case 2 if isinstance(holder, dict):
                holder[str(key) + self.one_of(("x", " ", "_", "ß"))] = holder.pop(key)
            case 3 if isinstance(holder, list):
                holder.insert(self.whole(len(holder) + 1), copy.deepcopy(value))
            case 4 if isinstance(value, int | float):
                holder[key] = self.one_of((-value, value * 1000, value / 1000, value + 0.5, 0, round(value)))
            case 5:
                other = self.one_of([*paths(data)] or [path])
                from_ = data
                for part in other:
                    from_ = from_[part]
                holder[key] = copy.deepcopy(from_)
            case 6 if isinstance(value, str) and value:
                cut = self.whole(len(value))
                holder[key] = value[:cut] + value[cut + 1 :]
            case _:
                holder[key] = copy.deepcopy(self.one_of(ODD))

    def take(self) -> None:
        """Make one mutant and see what becomes of it."""
        path, text = self.mutant()
        begun = time.perf_counter()
        signal.setitimer(signal.ITIMER_REAL, PATIENCE_S)
        try:
            self.spoil(path, text)
            self.counts[self._become(path)] += 1
        except Exception as error:  # noqa: BLE001  whatever it is, it is the finding
            self.failures.append(f"{path.relative_to(SHIPPED)}: {type(error).__name__}: {error}\n{text[:3000]}")
        finally:
            signal.setitimer(signal.ITIMER_REAL, 0)
            self.mend(path)
            self.slowest_s = max(self.slowest_s, time.perf_counter() - begun)

    def spoil(self, path: Path, text: str) -> None:
        """Put a spoilt text in a file's place."""
        self.spoilt = path
        self.loaded.clear()
        self.library._read[path] = parse_yaml(text.encode("utf-8", "surrogatepass"), path.relative_to(SHIPPED).as_posix())

    def mend(self, path: Path) -> None:
        """Put the file as it is shipped back."""
        self.library._read[path] = self.documents[path]

    def gather(self, ref: str, library: Library, site: Site = None, *, deep: bool = False) -> tuple[Loaded | None, tuple[Diagnostic, ...]]:
        """Load a scenario for the check of its pack; the answer for one that knows nothing of the spoilt file is remembered."""
        if self.spoilt is None or not self._apart(ref, self.spoilt):
            self.loaded[ref] = answer = gather(ref, library, site, deep=deep)
            return answer
        if ref not in self.whole_packs:
            self.whole_packs[ref] = gather(ref, library, site, deep=deep)[1]
        return None, self.whole_packs[ref]

    def _apart(self, ref: str, path: Path) -> bool:
        """Say that a scenario reads nothing of a file: another scenario, or a play that is and stays another scenario's."""
        name = ref.partition("/")[2]
        if path.parent.name == "scenarios":
            return path.stem != name
        if path.parent.name == "plays":
            owners = [root(document)["scenario"].text for document in (self.documents[path], self.library._read[path]) if document.readable]
            return len(owners) == 2 and name not in owners and "" not in owners
        return False

    def _become(self, path: Path) -> str:
        pack = path.relative_to(SHIPPED).parts[0]
        try:
            problems = catalogue.check_pack(self.library, pack)
        except PackError as error:
            said(str(error))
            return "refused"
        for problem in problems:
            assert problem.line >= 1
            assert problem.col >= 1
            assert problem.file
            said(str(problem))
            assert "pydantic" not in problem.message
        if any(problem.severity == "error" for problem in problems):
            return "errors with a place"
        ref = f"pump_head_failure/{self.library.names('pump_head_failure', 'scenarios')[0]}"
        if path.parent.name in ("scenarios", "plays"):
            ref = f"{pack}/{path.stem if path.parent.name == 'scenarios' else root(self.documents[path])['scenario'].text}"
        loaded, found = self.loaded.get(ref) or gather(ref, self.library)
        if loaded is None:
            assert found, "it does not load, and nothing says why"
            return "errors with a place"
        if path.parent.name in ("circuits", "devices", "patients") and self.dice.uniform() < 0.8:
            return "loads"  # a machine of its own takes half a second to build: one in five is run
        return self._run(loaded)

    def _run(self, loaded: Loaded) -> str:
        """Play it with the crisis at once, let everything happen that an instructor may, judge it and draw it."""
        scenario = loaded.scenario
        stages = tuple(stage.model_copy(update={"next": tuple(soon(way) for way in stage.next)}) for stage in scenario.stages)
        quick = scenario.model_copy(update={"stages": stages, "start": scenario.start.model_copy(update={"settle_s": 0.0})})
        cause = self.one_of(scenario.causes).id if scenario.causes else None
        try:
            session = Session(replace(loaded, scenario=quick), seed=self.run_seed, mode="guided", cause=cause)
            play(session, make_robot("expert" if "expert" in loaded.plays else "random", loaded.plays, 1), until_tick=TICKS // 2)
            for event in () if session.ended else scenario.events:
                session.submit(Action(verb="instructor", target=event.id))
            play(session, make_robot("masher", loaded.plays, 1), until_tick=TICKS)
            session.snapshot()
            if scenario.rubric is not None:
                score(scenario.rubric, session.run).to_json()
        except DrillError as error:
            said(str(error))
            return f"runs into {type(error).__name__}"
        svg(scenario)
        mermaid(scenario)
        render_guide(scenario, loaded.tasks)
        return "clean run"


def said(text: str) -> None:
    """What a message is: words that a terminal can show."""
    assert text
    assert text.isprintable()


def soon(way: Go) -> Go:
    """A way out with its timer run down."""
    return way if way.after_s is None else way.model_copy(update={"after_s": 0.2})


def paths(data: Any, here: tuple[Any, ...] = ()) -> Iterator[tuple[Any, ...]]:
    """Every path below a document's root."""
    pairs = data.items() if isinstance(data, dict) else enumerate(data) if isinstance(data, list) else ()
    for key, value in pairs:
        yield (*here, key)
        yield from paths(value, (*here, key))


KEPT: Final = 5  # machines: those that are shipped, and the last that were made of spoilt entries


def own_peak_mb() -> float:
    """The most memory this process has held, in MB."""
    status = Path("/proc/self/status")
    if status.exists():  # ru_maxrss on Linux would count the peak of the process that started this one
        peak = next(line for line in status.read_text(encoding="ascii").splitlines() if line.startswith("VmHWM:"))
        return int(peak.split()[1]) / 1024
    import resource

    per_mb = 1024 * 1024 if sys.platform == "darwin" else 1024
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / per_mb


def main(seed: int, count: int) -> dict[str, Any]:
    """Take so many mutants; return what became of them."""

    def too_long(_signal: int, _frame: object) -> None:
        raise _TooLongError(f"longer than {PATIENCE_S} s")

    signal.signal(signal.SIGALRM, too_long)
    vars(compiler).update(KEPT_MODELS=KEPT)
    mill = Mill(seed)
    vars(catalogue).update(gather=mill.gather)
    for _ in range(count):
        mill.take()
    rss_mb = own_peak_mb()
    return {
        "mutants": count,
        "became": dict(mill.counts.most_common()),
        "failures": mill.failures[:10],
        "failed": len(mill.failures),
        "slowest_s": round(mill.slowest_s, 2),
        "memory_mb": round(rss_mb, 1),
    }


if __name__ == "__main__":
    print(json.dumps(main(int(sys.argv[1]), int(sys.argv[2])), indent=1))  # noqa: T201  its only output
