"""Loads a scenario with everything it names, or says everything that is wrong with it at once."""

import hashlib
import json
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, fields, replace
from pathlib import Path as FilePath
from typing import Any

from drill.circuit.acts import fault_writes
from drill.circuit.compiler import build
from drill.circuit.components import KINDS
from drill.circuit.controls import CONTROLS
from drill.circuit.looks import FINDINGS
from drill.circuit.spec import CircuitSpec, PatientSpec
from drill.errors import CircuitError, PackError, nearest
from drill.scenarios import check, check_base, plays
from drill.scenarios.check_time import Clock
from drill.scenarios.conditions import Names
from drill.scenarios.diagnostics import Diagnostic, cut, errors_in, in_order, refuse
from drill.scenarios.entries import Entries, Site
from drill.scenarios.library import BASE, Library
from drill.scenarios.overlay import circuit_of, offered, tasks_of
from drill.scenarios.schema import PackInfo, Play, Scenario, Tasks
from drill.scenarios.schema_words import LANGUAGE
from drill.scenarios.shape import fit
from drill.scenarios.site import LANGUAGE_VALUE, Value, substitute
from drill.scenarios.tree import Node, Report, root
from drill.scenarios.yaml_reader import Document

REF = re.compile(r"[a-z][a-z0-9_]*/[a-z][a-z0-9_]*")


@dataclass(frozen=True, slots=True)
class Loaded:
    """One scenario, checked and resolved, with all that it names. `digest` is the same wherever these are the same."""

    scenario: Scenario
    circuit: CircuitSpec
    patient: PatientSpec
    tasks: Tasks
    plays: Mapping[str, Play]
    pack: PackInfo
    site_values: Mapping[str, Value]
    digest: str

    @property
    def ref(self) -> str:
        """The scenario's name everywhere: pack/scenario."""
        return f"{self.pack.id}/{self.scenario.id}"


def load_scenario(ref: str, *, roots: Sequence[FilePath | str], site: Site = None) -> Loaded:
    """Load `pack/scenario` from the packs below `roots`.

    `site` is a profile: the name of one in the base pack, a file, or its values as a mapping (a run's header keeps
    them); None = a site.yaml beside the packs, else base/sites/default.yaml. Raises PackError with every problem found.
    """
    loaded, problems = gather(ref, Library(roots), site)
    refuse(problems)
    if loaded is None:
        raise PackError(f"{ref}: cannot be loaded")
    return loaded


def gather(ref: str, library: Library, site: Site = None, *, deep: bool = False) -> tuple[Loaded | None, tuple[Diagnostic, ...]]:
    """Load a scenario and return it, or None, with everything found on the way, warnings included.

    `deep` also builds the machine, for its author: whoever plays builds it anyway, and a list of many need not.
    """
    known = library.refs("scenarios")
    if ref not in known:
        raise PackError(f"unknown scenario {cut(repr(ref))}{nearest(ref, known)}" + ("" if known else ": no scenario was found at all"))
    pack, _, name = ref.partition("/")
    return _Loading(library, pack, site).scenario(name, deep=deep)


class _Loading(Entries):
    """One scenario being loaded."""

    def scenario(self, name: str, *, deep: bool = False) -> tuple[Loaded | None, tuple[Diagnostic, ...]]:
        """Load one scenario of the pack."""
        tasks_document, tasks = self.tasks()
        document, scenario = self.take(self.library.document(self.pack, "scenarios", f"{name}.yaml"), Scenario)
        node = root(document if document.readable else Document(document.file))  # of half a file nothing more is said
        machine = self._entry(node["circuit"], "circuits", "circuit")
        circuit, alarms = self.circuit(machine)
        patient = self.patient(self._entry(node["patient"], "patients", "patient"))
        clock = Clock.of(node, root(tasks_document))
        names = self.names(tasks_document, alarms, circuit)
        if tasks_document.readable:
            self.once(tasks_document, (machine, self.pack, self.language), (alarms,), lambda: self._check_tasks(tasks_document, alarms))
            if "team" in node:
                names = replace(names, doers={task: clock.doers(task) for task in clock.tasks})
        if document.readable:
            self.problems += check.check_scenario(document, names, clock)
        found_plays = self.plays(name, node, names)
        if errors_in(self.problems) or scenario is None or circuit is None or patient is None or tasks is None or self.info is None:
            return None, in_order(self.problems)
        tasks, circuit = tasks_of(scenario, offered(tasks, circuit)), circuit_of(scenario, circuit)
        self.problems += check_built(document, scenario, circuit, patient) if deep else []
        problems = in_order(self.problems)
        if errors_in(problems):
            return None, problems
        digest = digest_of(*self._in_own_language(document, scenario, tasks, circuit), circuit, patient, self.site_values)
        return Loaded(scenario, circuit, patient, tasks, found_plays, self.info, self.site_values, digest), problems

    def _check_tasks(self, tasks: Document, alarms: Sequence[str] | None) -> None:
        self.problems += check_base.check_tasks(tasks, self.names(tasks, alarms, None))

    def _in_own_language(self, document: Document, scenario: Scenario, tasks: Tasks, circuit: CircuitSpec) -> tuple[Scenario, Tasks]:
        """Return both in the pack's language, so that the language of the screen is no part of a run's digest."""
        own = (self.language, LANGUAGE)
        if self.languages == tuple(dict.fromkeys(own)):
            return scenario, tasks
        again, _ = fit(document, Scenario, {}, own)
        raw = substitute(self.library.document(BASE, "tasks.yaml"), self.site_values)[0]
        plain, _ = fit(raw, Tasks, {}, own)
        return again or scenario, tasks if plain is None else tasks_of(scenario, offered(plain, circuit))

    def names(self, tasks: Document, alarms: Sequence[str] | None, circuit: CircuitSpec | None) -> Names:
        """Return what a scenario may name, as far as it is known."""
        node, kind = root(tasks), circuit.kind if circuit is not None else ""
        names = Names(alarms=alarms, pack=self.pack, language=self.language)
        if circuit is not None:
            pinched = {name for part in circuit.parts for name in (*part.clamps, *part.taps)}
            absent = [name for name in CONTROLS if name.startswith(("clamp_", "tap_")) and name not in pinched]
            names = replace(
                names,
                controls=[name for name in CONTROLS if name not in absent],
                parts={part.id: tuple(KINDS.get(part.kind, ())) for part in circuit.parts},
                sites=tuple(circuit.sites),
            )
        if not tasks.readable:
            return names
        tasks_here = check_base.offered_ids(node["tasks"], kind)
        return replace(
            names,
            tasks=tasks_here,
            elsewhere=frozenset(node["tasks"].texts("id")) - frozenset(tasks_here),
            sayings=check_base.offered_ids(node["sayings"], kind),
            looks=check_base.offered_ids(node["looks"], kind),
            findings=FINDINGS,
            arriving=check_base.arriving(tasks, kind),
            equipment=check_base.fetched(tasks, kind),
        )

    def _entry(self, ref: Node, folder: str, what: str) -> str:
        """Return the reference that a scenario makes, or "" with the problem noted."""
        if not REF.fullmatch(ref.text):
            return ""
        known = self.library.refs(folder)
        if ref.text in known:
            return ref.text
        self.problems.append(ref.document.problem(ref.path, f"unknown {what} '{cut(ref.text)}'{nearest(ref.text, known)}"))
        return ""

    def plays(self, scenario: str, node: Node, names: Names) -> dict[str, Play]:
        """Load the plays of one scenario, resolved; a play that cannot be read counts as everybody's."""
        names = replace(names, people=node["team"].texts("id") or None)
        scored = [*node["rubric"]["steps"].texts("id"), *node["rubric"]["wrong"].texts("id")] if "rubric" in node else None
        causes = node["causes"].texts("id") if "causes" in node else None
        nodes: dict[str, Node] = {}
        made: dict[str, Play] = {}
        report = Report()
        half = False
        for raw in self.library.documents(self.pack, "plays"):
            if raw.readable and root(raw)["scenario"].text not in (scenario, ""):
                continue
            document, play = self.take(raw, Play)
            if not document.readable:
                half = True  # what another extends may be in it
                continue
            here = root(document)
            plays.check_play(here, names, scored, causes, report)
            if here["id"].text in nodes:
                report.add(here["id"], f"this scenario has two plays '{cut(here['id'].text)}': give each its own id")
            elif here["id"].text:
                nodes[here["id"].text] = here
                made.update({play.id: play} if play is not None else {})
        if not half:
            plays.check_extends(nodes, report)
        self.problems += report.found
        if errors_in(self.problems):
            return {}
        return {name: plays.resolve(play, made) for name, play in made.items()}


def check_built(document: Document, scenario: Scenario, circuit: CircuitSpec, patient: PatientSpec) -> list[Diagnostic]:
    """Build the machine once, and note what only then is known: that it cannot be built, or a fault that does not fit its part."""
    try:
        model = build(circuit, patient)
    except CircuitError as error:
        return [document.problem(("circuit",), f"'{scenario.circuit}' cannot be built: {error}")]
    problems: list[Diagnostic] = []
    lists = [(("causes", i, "faults"), cause.faults) for i, cause in enumerate(scenario.causes)]
    lists += [(("stages", i, "enter"), stage.enter) for i, stage in enumerate(scenario.stages)]
    lists += [(("events", i, "do"), event.do) for i, event in enumerate(scenario.events)]
    for path, uses in lists:
        for number, use in enumerate(uses):
            if use.fault is None or use.fault == "cause":
                continue
            try:
                fault_writes(model, use.fault, {}, use.part)
            except CircuitError as error:
                problems.append(document.problem((*path, number, "part" if use.part else "fault"), str(error)))
    return problems


def digest_of(scenario: Scenario, tasks: Tasks, circuit: CircuitSpec, patient: PatientSpec, site: Mapping[str, Value]) -> str:
    """Return SHA-256 of the canonical JSON of everything that can change a run; the panel's drawing and language cannot."""
    whole = {
        "scenario": scenario.model_dump(mode="json", by_alias=True),
        "circuit": {name: value for name, value in _fields(circuit).items() if name != "drawing"},
        "patient": patient,
        "tasks": tasks.model_dump(mode="json", by_alias=True),
        "site": {name: value for name, value in site.items() if name != LANGUAGE_VALUE},
    }
    text = json.dumps(whole, sort_keys=True, ensure_ascii=False, allow_nan=False, separators=(",", ":"), default=_fields)
    return hashlib.sha256(text.encode()).hexdigest()


def _fields(thing: Any) -> dict[str, Any]:
    """Return a dataclass as JSON has it; one of another kind is a TypeError of `fields`."""
    return {one.name: getattr(thing, one.name) for one in fields(thing)}
