"""Loads a scenario with everything it names, or says everything that is wrong with it at once."""

import hashlib
import json
import re
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from pathlib import Path as FilePath
from typing import Any, TypeVar

from pydantic import BaseModel

from drill.circuit.acts import fault_writes
from drill.circuit.alarms import alarm_ids
from drill.circuit.compiler import Model, build
from drill.circuit.components import KINDS
from drill.circuit.controls import CONTROLS
from drill.circuit.looks import FINDINGS
from drill.circuit.spec import CircuitSpec, InterlockSpec, PartSpec, PatientSpec, Resting, SensorSpec
from drill.errors import CircuitError, PackError, nearest
from drill.scenarios import check, check_base, plays, variants
from drill.scenarios.check_time import Clock
from drill.scenarios.conditions import Names
from drill.scenarios.diagnostics import Diagnostic, cut, errors_in, in_order, refuse
from drill.scenarios.library import BASE, Library
from drill.scenarios.overlay import circuit_of, offered, tasks_of
from drill.scenarios.schema import PackInfo, Play, Scenario, Tasks
from drill.scenarios.schema_base import Circuit, Device, Devices, Part, Patient, Usual
from drill.scenarios.schema_words import LANGUAGE
from drill.scenarios.shape import fit
from drill.scenarios.site import LANGUAGE_VALUE, Profile, Value, settle, substitute
from drill.scenarios.tree import Node, Report, root
from drill.scenarios.yaml_reader import Document, read_yaml

M = TypeVar("M", bound=BaseModel)
REF = re.compile(r"[a-z][a-z0-9_]*/[a-z][a-z0-9_]*")
Site = str | FilePath | Mapping[str, Value] | None


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


def load_machine(circuit: str, patient: str, *, roots: Sequence[FilePath | str]) -> tuple[CircuitSpec, PatientSpec]:
    """Load a stock circuit and a stock patient by reference (`base/va_ecmo_adult`), without a scenario. Raises PackError."""
    library = Library(roots)
    return load_circuit(circuit, library).spec, load_patient(patient, library)


@dataclass(frozen=True, slots=True)
class StockCircuit:
    """A stock circuit: the machine, its parts as they are written, the devices that they may hold, and how it usually runs."""

    spec: CircuitSpec
    parts: Mapping[str, Part]
    devices: Mapping[str, Device]
    usual: Usual


def load_circuit(ref: str, library: Library) -> StockCircuit:
    """Load a stock circuit by reference. Raises PackError."""
    _known(library, "circuits", ref)
    pack, _, name = ref.partition("/")
    loading = _Loading(library, pack, None)
    spec, _ = loading.circuit(ref)
    written = [loading.take(library.document(pack, "circuits", f"{one}.yaml"), Circuit)[1] for one in loading.lineage(pack, name)]
    refuse(tuple(dict.fromkeys(loading.problems)))
    found = [circuit for circuit in written if circuit is not None]
    if spec is None or not found:
        raise PackError(f"{ref}: cannot be loaded")
    patients = [circuit.usual.patient for circuit in found if circuit.usual.patient]
    controls = {control: value for circuit in found for control, value in circuit.usual.controls.items()}
    parts = {part.id: part for circuit in found for part in circuit.parts}
    return StockCircuit(spec, parts, loading.devices_for(pack) or {}, Usual(patient=patients[-1] if patients else "", controls=controls))


def load_patient(ref: str, library: Library) -> PatientSpec:
    """Load a stock patient. Raises PackError."""
    _known(library, "patients", ref)
    loading = _Loading(library, ref.partition("/")[0], None)
    who = loading.patient(ref)
    refuse(tuple(loading.problems))
    if who is None:
        raise PackError(f"{ref}: cannot be loaded")
    return who


def _known(library: Library, folder: str, ref: str) -> None:
    known = library.refs(folder)
    if ref not in known:
        raise PackError(f"unknown {folder[:-1]} {cut(repr(ref))}{nearest(ref, known)}")


def gather(ref: str, library: Library, site: Site = None, *, deep: bool = False) -> tuple[Loaded | None, tuple[Diagnostic, ...]]:
    """Load a scenario and return it, or None, with everything found on the way, warnings included.

    `deep` also builds the machine, for its author: whoever plays builds it anyway, and a list of many need not.
    """
    known = library.refs("scenarios")
    if ref not in known:
        raise PackError(f"unknown scenario {cut(repr(ref))}{nearest(ref, known)}" + ("" if known else ": no scenario was found at all"))
    pack, _, name = ref.partition("/")
    return _Loading(library, pack, site).scenario(name, deep=deep)


def load_entries(library: Library, pack: str, site: Site = None) -> tuple[Diagnostic, ...]:
    """Load every circuit, device, patient and site profile of a pack, used or not, and return what is wrong with them."""
    loading = _Loading(library, pack, site)
    for name in library.names(pack, "circuits"):
        loading.circuit(f"{pack}/{name}")
    for name in library.names(pack, "patients"):
        loading.patient(f"{pack}/{name}")
    for name in library.names(pack, "sites"):
        loading.profile(library.document(pack, "sites", f"{name}.yaml"))
    loading.devices(pack)
    return in_order(loading.problems)


class _Loading:
    """One pack being loaded under one site profile: collects problems, and goes on where it can."""

    def __init__(self, library: Library, pack: str, site: Site) -> None:
        self.library = library
        self.pack = pack
        self.problems: list[Diagnostic] = []
        document = library.document(pack, "pack.yaml")
        self.problems += document.problems
        self.info: PackInfo | None = None
        if document.readable:
            self.info, misfits = fit(document, PackInfo, {})
            self.problems += misfits
            if self.info is not None and self.info.id != pack:
                self.problems.append(document.problem(("id",), f"the id is '{self.info.id}' and the folder '{pack}': give both one name"))
        defaults = root(document)["site_defaults"]
        self.language = self.info.language if self.info is not None else LANGUAGE
        layers = [(document, defaults.path, defaults.value if isinstance(defaults.value, dict) else {}), self._profile(site)]
        self.site_values, wrong = settle(*layers)
        self.problems += wrong
        chosen = str(self.site_values[LANGUAGE_VALUE])
        # English as the engine's default is nobody's choice: the pack's own language goes before it.
        self.languages = tuple(dict.fromkeys((self.language, LANGUAGE) if chosen == LANGUAGE else (chosen, self.language, LANGUAGE)))

    def _profile(self, site: Site) -> tuple[Document, tuple[str, ...], Mapping[str, Any]]:
        """Return the site profile as a layer."""
        if isinstance(site, Mapping):
            return Document("site values"), (), site
        if site is None and self.library.site is not None:
            site = self.library.site
        if BASE not in self.library.packs and not isinstance(site, FilePath):
            return Document("site values"), (), {}
        if isinstance(site, FilePath):
            document = read_yaml(site, site.as_posix())
        else:
            name = site or "default"
            known = self.library.names(BASE, "sites")
            if name not in known:
                raise PackError(f"unknown site profile {cut(repr(name))}{nearest(name, known)}")
            document = self.library.document(BASE, "sites", f"{name}.yaml")
        return self.profile(document)

    def profile(self, document: Document) -> tuple[Document, tuple[str, ...], Mapping[str, Any]]:
        """Read one site profile as a layer."""
        self.problems += document.problems
        if not document.readable:
            return document, (), {}
        profile, misfits = fit(document, Profile, {})
        self.problems += misfits
        return document, ("values",), profile.values if profile is not None else {}

    def take(self, document: Document, model: type[M]) -> tuple[Document, M | None]:
        """Note a document's problems; return it with site values in place, and its model if it fits."""
        self.problems += document.problems
        if not document.readable:
            return document, None
        document, paths, wrong = substitute(document, self.site_values)
        made, misfits = fit(document, model, paths, self.languages)
        self.problems += wrong + misfits
        return document, made

    def scenario(self, name: str, *, deep: bool = False) -> tuple[Loaded | None, tuple[Diagnostic, ...]]:
        """Load one scenario of the pack."""
        tasks_document, tasks = self.tasks()
        document, scenario = self.take(self.library.document(self.pack, "scenarios", f"{name}.yaml"), Scenario)
        node = root(document)
        circuit, alarms = self.circuit(self._entry(node["circuit"], "circuits", "circuit"))
        patient = self.patient(self._entry(node["patient"], "patients", "patient"))
        clock = Clock.of(node, root(tasks_document))
        names = self.names(tasks_document, alarms, circuit)
        if tasks_document.readable:
            self.problems += check_base.check_tasks(tasks_document, self.names(tasks_document, alarms, None))
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

    def _in_own_language(self, document: Document, scenario: Scenario, tasks: Tasks, circuit: CircuitSpec) -> tuple[Scenario, Tasks]:
        """Return both in the pack's language, so that the language of the screen is no part of a run's digest."""
        own = (self.language, LANGUAGE)
        if self.languages == tuple(dict.fromkeys(own)):
            return scenario, tasks
        again, _ = fit(document, Scenario, {}, own)
        raw = substitute(self.library.document(BASE, "tasks.yaml"), self.site_values)[0]
        plain, _ = fit(raw, Tasks, {}, own)
        return again or scenario, tasks if plain is None else tasks_of(scenario, offered(plain, circuit))

    def tasks(self) -> tuple[Document, Tasks | None]:
        """Load what can be said, done and looked at; it is the base pack's in every scenario."""
        if BASE not in self.library.packs:
            raise PackError(f"the pack '{BASE}' is missing from the folders of packs: it holds circuits, devices, patients and tasks")
        return self.take(self.library.document(BASE, "tasks.yaml"), Tasks)

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
        return replace(
            names,
            tasks=check_base.offered_ids(node["tasks"], kind),
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

    def devices(self, pack: str) -> dict[str, Device] | None:
        """Load a pack's devices by id; None if one of the files does not fit."""
        documents: list[Document] = []
        devices: dict[str, Device] = {}
        whole = True
        for raw in self.library.documents(pack, "devices"):
            document, made = self.take(raw, Devices)
            documents.append(document)
            whole = whole and made is not None
            devices.update({device.id: device for device in made.devices} if made is not None else {})
        self.problems += check_base.check_devices(documents)
        return devices if whole else None

    def devices_for(self, pack: str) -> dict[str, Device] | None:
        """Return what a circuit of a pack may be built of: the base pack's devices, and its own, which go before them."""
        own = self.devices(pack)
        if pack == BASE or own is None:
            return own
        return {**(self.devices(BASE) or {}), **own}

    def circuit(self, ref: str) -> tuple[CircuitSpec | None, list[str] | None]:
        """Load a circuit, with its alarms' ids."""
        pack, _, name = ref.partition("/")
        if not pack:
            return None, None
        devices = self.devices_for(pack)
        document, circuit = self.take(self.library.document(pack, "circuits", f"{name}.yaml"), Circuit)
        if not document.readable:
            return None, None
        node = root(document)
        base, inherited = self._extended(document, node["extends"], pack, name)
        self.problems += check_base.check_circuit(document, devices, base)
        alarms = [*inherited, *alarm_ids(node["alarms"].texts("id"), node["interlocks"].texts("id"))]
        if circuit is None or devices is None or any(part.device not in devices for part in circuit.parts):
            return None, alarms
        if circuit.extends is None:
            return circuit_spec(circuit, devices), alarms
        return (variants.merged(base, circuit_spec(circuit, devices)) if base is not None else None), alarms

    def lineage(self, pack: str, name: str) -> list[str]:
        """Return the circuit's name, behind that of the one that it extends."""
        base = root(self.library.document(pack, "circuits", f"{name}.yaml"))["extends"].text
        return [base, name] if base in self.library.names(pack, "circuits") else [name]

    def _extended(self, document: Document, ref: Node, pack: str, name: str) -> tuple[CircuitSpec | None, list[str]]:
        """Load the circuit that another extends; one that extends a variant or itself is named."""
        if not ref.text:
            return None, []
        known = [one for one in self.library.names(pack, "circuits") if one != name]
        if ref.text not in known:
            self.problems.append(document.problem(ref.path, f"unknown circuit '{cut(ref.text)}'{nearest(ref.text, known)}"))
            return None, []
        other = root(self.library.document(pack, "circuits", f"{ref.text}.yaml"))
        if "extends" in other:
            text = f"'{ref.text}' extends another circuit itself: extend '{other['extends'].text}'"
            self.problems.append(document.problem(ref.path, text))
            return None, []
        base, alarms = self.circuit(f"{pack}/{ref.text}")
        return base, alarms or []

    def patient(self, ref: str) -> PatientSpec | None:
        """Load a patient."""
        pack, _, name = ref.partition("/")
        if not pack:
            return None
        document, patient = self.take(self.library.document(pack, "patients", f"{name}.yaml"), Patient)
        self.problems += check_base.check_patient(document)
        if patient is None:
            return None
        rest = patient.resting
        resting = Resting(rest.circuit, dict(rest.controls), dict(rest.ranges), rest.source) if rest is not None else None
        return PatientSpec(patient.id, patient.title, dict(patient.params), patient.size, resting)

    def plays(self, scenario: str, node: Node, names: Names) -> dict[str, Play]:
        """Load the plays of one scenario, resolved; a play that cannot be read counts as everybody's."""
        names = replace(names, people=node["team"].texts("id") or None)
        scored = [*node["rubric"]["steps"].texts("id"), *node["rubric"]["wrong"].texts("id")] if "rubric" in node else None
        causes = node["causes"].texts("id") if "causes" in node else None
        nodes: dict[str, Node] = {}
        made: dict[str, Play] = {}
        report = Report()
        for raw in self.library.documents(self.pack, "plays"):
            if raw.readable and root(raw)["scenario"].text not in (scenario, ""):
                continue
            document, play = self.take(raw, Play)
            if not document.readable:
                continue
            here = root(document)
            plays.check_play(here, names, scored, causes, report)
            if here["id"].text in nodes:
                report.add(here["id"], f"this scenario has two plays '{cut(here['id'].text)}': give each its own id")
            elif here["id"].text:
                nodes[here["id"].text] = here
                made.update({play.id: play} if play is not None else {})
        plays.check_extends(nodes, report)
        self.problems += report.found
        if errors_in(self.problems):
            return {}
        return {name: plays.resolve(play, made) for name, play in made.items()}


def circuit_spec(circuit: Circuit, devices: Mapping[str, Device]) -> CircuitSpec:
    """Return the machine: each part's numbers are its device's, overlaid with the part's own."""
    made = [(part, devices[part.device]) for part in circuit.parts]
    return CircuitSpec(
        id=circuit.id,
        title=circuit.title,
        kind=circuit.kind,
        parts=tuple(
            PartSpec(p.id, device.kind, p.inlet, p.outlet, {**device.params, **p.params}, p.clamps, p.taps, p.drive or "")
            for p, device in made
        ),
        heights_cm=dict(circuit.heights_cm),
        sites=dict(circuit.sites),
        sensors=tuple(SensorSpec(s.reading, s.lag_s, s.zero) for s in circuit.sensors),
        drives=dict(circuit.drives),
        alarms=tuple(alarm.model_dump(exclude_none=True) for alarm in circuit.alarms),
        interlocks=tuple(InterlockSpec(i.id, i.armed, i.limit) for i in circuit.interlocks),
        drawing=dict(circuit.drawing),
    )


_BUILT: dict[str, Model] = {}  # the last machine: most scenarios of a pack have the same


def _built(circuit: CircuitSpec, patient: PatientSpec) -> Model:
    key = repr((replace(circuit, drawing={}), patient))
    if key not in _BUILT:
        model = build(circuit, patient)
        _BUILT.clear()
        _BUILT[key] = model
    return _BUILT[key]


def check_built(document: Document, scenario: Scenario, circuit: CircuitSpec, patient: PatientSpec) -> list[Diagnostic]:
    """Build the machine once, and note what only then is known: that it cannot be built, or a fault that does not fit its part."""
    try:
        model = _built(circuit, patient)
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
    machine = asdict(circuit)
    del machine["drawing"]
    whole = {
        "scenario": scenario.model_dump(mode="json", by_alias=True),
        "circuit": machine,
        "patient": asdict(patient),
        "tasks": tasks.model_dump(mode="json", by_alias=True),
        "site": {name: value for name, value in site.items() if name != LANGUAGE_VALUE},
    }
    text = json.dumps(whole, sort_keys=True, ensure_ascii=False, allow_nan=False, separators=(",", ":"))
    return hashlib.sha256(text.encode()).hexdigest()
