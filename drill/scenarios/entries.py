"""Loads what a scenario names: the circuits, devices, patients and jobs of a pack, under one site profile.

Problems are collected, and loading goes on where it can, so that an author hears of all of them at once.
"""

from collections.abc import Callable, Hashable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path as FilePath
from typing import Any, TypeVar

from pydantic import BaseModel

from drill.circuit.alarmspec import alarm_ids
from drill.circuit.spec import CircuitSpec, InterlockSpec, PartSpec, PatientSpec, Resting, SensorSpec
from drill.errors import PackError, nearest
from drill.scenarios import check_base, variants
from drill.scenarios.diagnostics import Diagnostic, cut, in_order, refuse
from drill.scenarios.library import BASE, Library
from drill.scenarios.schema import PackInfo, Tasks
from drill.scenarios.schema_base import Circuit, Device, Devices, Part, Patient, Usual
from drill.scenarios.schema_words import LANGUAGE
from drill.scenarios.shape import fit
from drill.scenarios.site import LANGUAGE_VALUE, Profile, Value, settle, substitute
from drill.scenarios.tree import Node, root
from drill.scenarios.yaml_reader import Document, read_yaml

M = TypeVar("M", bound=BaseModel)
T = TypeVar("T")
Site = str | FilePath | Mapping[str, Value] | None
REMEMBERED = 2  # what a document was made into with other things beside it


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
    loading = Entries(library, pack, None)
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
    loading = Entries(library, ref.partition("/")[0], None)
    who = loading.patient(ref)
    refuse(tuple(loading.problems))
    if who is None:
        raise PackError(f"{ref}: cannot be loaded")
    return who


def _known(library: Library, folder: str, ref: str) -> None:
    known = library.refs(folder)
    if ref not in known:
        raise PackError(f"unknown {folder[:-1]} {cut(repr(ref))}{nearest(ref, known)}")


def load_entries(library: Library, pack: str, site: Site = None) -> tuple[Diagnostic, ...]:
    """Load every circuit, device, patient and site profile of a pack, used or not, and return what is wrong with them."""
    loading = Entries(library, pack, site)
    for name in library.names(pack, "circuits"):
        loading.circuit(f"{pack}/{name}")
    for name in library.names(pack, "patients"):
        loading.patient(f"{pack}/{name}")
    for name in library.names(pack, "sites"):
        loading.profile(library.document(pack, "sites", f"{name}.yaml"))
    loading.devices(pack)
    return in_order(loading.problems)


class Entries:
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

    def once(self, document: Document, what: Hashable, needs: Sequence[object], make: Callable[[], T]) -> T:
        """Return what was made of a document before, and note its problems again; or make it, if any of its `needs` is another now.

        A pack's scenarios share most of what they name. It is kept on the document, and goes with it.
        """
        under = (self.site_values, self.languages)
        kept: list[tuple[Any, Sequence[object], T, list[Diagnostic]]] = document.made.setdefault(what, [])
        for index, (then, others, made, problems) in enumerate(kept):
            if then == under and len(others) == len(needs) and all(a is b for a, b in zip(others, needs, strict=True)):
                kept.append(kept.pop(index))
                self.problems += problems
                return made
        before = len(self.problems)
        made = make()
        kept.append((under, needs, made, self.problems[before:]))
        del kept[:-REMEMBERED]
        return made

    def take(self, document: Document, model: type[M]) -> tuple[Document, M | None]:
        """Note a document's problems; return it with site values in place, and its model if it fits."""
        return self.once(document, model, (), lambda: self._take(document, model))

    def _take(self, document: Document, model: type[M]) -> tuple[Document, M | None]:
        self.problems += document.problems
        if not document.readable:
            return document, None
        document, paths, wrong = substitute(document, self.site_values)
        made, misfits = fit(document, model, paths, self.languages)
        self.problems += wrong + misfits
        return document, made

    def tasks(self) -> tuple[Document, Tasks | None]:
        """Load what can be said, done and looked at; it is the base pack's in every scenario."""
        if BASE not in self.library.packs:
            raise PackError(f"the pack '{BASE}' is missing from the folders of packs: it holds circuits, devices, patients and tasks")
        return self.take(self.library.document(BASE, "tasks.yaml"), Tasks)

    def devices(self, pack: str) -> dict[str, Device] | None:
        """Load a pack's devices by id; None if one of the files does not fit."""
        raw = self.library.documents(pack, "devices")
        return self.once(self.library.document(pack, "pack.yaml"), "devices", raw, lambda: self._devices(raw))

    def _devices(self, raws: Sequence[Document]) -> dict[str, Device] | None:
        documents: list[Document] = []
        devices: dict[str, Device] = {}
        whole = True
        for raw in raws:
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
        return {**((self.devices(BASE) if BASE in self.library.packs else None) or {}), **own}

    def circuit(self, ref: str) -> tuple[CircuitSpec | None, list[str] | None]:
        """Load a circuit, with its alarms' ids."""
        pack, _, name = ref.partition("/")
        if not pack:
            return None, None
        lineage = [self.library.document(pack, "circuits", f"{one}.yaml") for one in self.lineage(pack, name)]
        needs = [
            *lineage,
            *(one for home in dict.fromkeys((pack, BASE)) if home in self.library.packs for one in self.library.documents(home, "devices")),
        ]
        return self.once(lineage[-1], "circuit", needs, lambda: self._circuit(pack, name))

    def _circuit(self, pack: str, name: str) -> tuple[CircuitSpec | None, list[str] | None]:
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
        raw = self.library.document(pack, "patients", f"{name}.yaml")
        return self.once(raw, "patient", (), lambda: self._patient(raw))

    def _patient(self, raw: Document) -> PatientSpec | None:
        document, patient = self.take(raw, Patient)
        self.problems += check_base.check_patient(document)
        if patient is None:
            return None
        rest = patient.resting
        resting = Resting(rest.circuit, dict(rest.controls), dict(rest.ranges), rest.source) if rest is not None else None
        return PatientSpec(patient.id, patient.title, dict(patient.params), patient.size, resting)


def circuit_spec(circuit: Circuit, devices: Mapping[str, Device]) -> CircuitSpec:
    """Return the machine: each part's numbers are its device's, overlaid with the part's own."""
    made = [(part, devices[part.device]) for part in circuit.parts]
    return CircuitSpec(
        id=circuit.id,
        title=circuit.title,
        kind=circuit.kind,
        parts=tuple(
            PartSpec(
                p.id,
                device.kind,
                p.inlet,
                p.outlet,
                {**device.params, **p.params},
                p.clamps,
                p.taps,
                p.drive or "",
                p.instead_of or "",
                p.off_by or "",
                p.way_round,
            )
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
