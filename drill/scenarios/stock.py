"""Stock machines without a story: a circuit and a patient by name, with devices and single numbers changed at will."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from drill.circuit.components import KINDS
from drill.circuit.patient import PATIENT_DEFAULTS
from drill.circuit.spec import CircuitSpec, PatientSpec
from drill.errors import CircuitError, NameUnknownError, ValueRangeError
from drill.scenarios.entries import StockCircuit, load_circuit, load_patient
from drill.scenarios.library import Library

PATIENT = "patient"


@dataclass(frozen=True, slots=True)
class Stock:
    """A machine and its patient. `devices` says what each part holds.

    `usual` is how the controls stand in an ordinary run; a patient whose resting state is known on this circuit has its own.
    """

    circuit: CircuitSpec
    patient: PatientSpec
    usual: Mapping[str, float]
    devices: Mapping[str, str]


def find_ref(library: Library, folder: str, name: str) -> str:
    """Return pack/name of a stock entry that may be named without its pack. Raises NameUnknownError."""
    known = library.refs(folder)
    if name in known:
        return name
    found = [ref for ref in known if ref.partition("/")[2] == name]
    if len(found) != 1:
        raise NameUnknownError(folder.removesuffix("s"), name, found or [ref.partition("/")[2] for ref in known])
    return found[0]


def load_stock(
    circuit: str,
    patient: str | None = None,
    *,
    roots: Sequence[Path | str],
    devices: Mapping[str, str] | None = None,
    params: Mapping[str, float] | None = None,
) -> Stock:
    """Load a stock circuit with a patient, its usual one if none is named.

    `devices` puts another device of the same kind in a part's place; `params` changes single numbers, named
    `part.number` or `patient.number`. Raises NameUnknownError, CircuitError, PackError.
    """
    library = Library(roots)
    ref = find_ref(library, "circuits", circuit)
    written = load_circuit(ref, library)
    holds = {part.id: part.device for part in written.parts.values()}
    own = {part.id: dict(part.params) for part in written.parts.values()}
    for part, device in (devices or {}).items():
        holds[part] = _fitting(written, part, device)
    who = load_patient(find_ref(library, "patients", patient or written.usual.patient or _first(library)), library)
    for name, value in (params or {}).items():
        place, _, number = name.partition(".")
        if place == PATIENT:
            if number not in PATIENT_DEFAULTS:
                raise NameUnknownError("number of a patient", number, PATIENT_DEFAULTS)
            _refuse_negative(name, value, who.params.get(number, PATIENT_DEFAULTS[number]))
            who = replace(who, params={**who.params, number: value})
        else:
            kind = written.devices[holds[_part(written, place)]].kind
            if number not in KINDS[kind]:
                raise NameUnknownError(f"number of {place}", number, KINDS[kind])
            _refuse_negative(name, value, {**written.devices[holds[place]].params, **own[place]}.get(number, 0.0))
            own[place][number] = value
    parts = tuple(replace(p, params={**written.devices[holds[p.id]].params, **own[p.id]}) for p in written.spec.parts)
    resting = getattr(who, "resting", None)  # a patient may say under which settings of which machine it rests
    at_rest = resting.controls if resting is not None and resting.circuit == ref else {}
    return Stock(replace(written.spec, parts=parts), who, {**written.usual.controls, **at_rest}, holds)


def _first(library: Library) -> str:
    found = library.refs("patients")
    if not found:
        raise CircuitError("no patient was found in any pack: add one under patients/, or use imposed pressures")
    return found[0]


def _refuse_negative(name: str, value: float, usual: float) -> None:
    if value < 0.0 <= usual:
        raise ValueRangeError(f"{name} cannot be {value:g}: it must not be negative (usually {usual:g})")


def _part(written: StockCircuit, place: str) -> str:
    if place not in written.parts:
        raise NameUnknownError(f"part of {written.spec.id}", place, written.parts)
    return place


def _fitting(written: StockCircuit, place: str, device: str) -> str:
    kind = written.devices[written.parts[_part(written, place)].device].kind
    same = [d.id for d in written.devices.values() if d.kind == kind]
    if device not in written.devices:
        raise NameUnknownError(kind, device, same)
    if device not in same:
        raise CircuitError(f"{place} is a {kind} and '{device}' a {written.devices[device].kind}; what fits: {', '.join(same)}")
    return device
