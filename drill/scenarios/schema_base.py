"""The shape of stock entries: devices, circuits and patients. Their meaning is checked in `check_base.py`."""

from typing import Annotated, Any, Literal

from pydantic import Field

from drill.scenarios.schema import Id, Model, Ref, Text


class Device(Model):
    """One stock device: what kind of part it makes, its numbers by name with the unit in the name, and where they are from."""

    id: Id
    kind: Id
    title: Text
    params: dict[Id, float] = Field(default_factory=dict)
    source: Text


class Devices(Model):
    """devices/*.yaml."""

    schema_: Literal["drill/1"] = Field(alias="schema")
    devices: tuple[Device, ...] = Field(min_length=1)


class Part(Model):
    """One part of a circuit: a device between two nodes; `params` takes the place of the device's own numbers.

    With `instead_of` it lies by, dry, until it is joined in the place of that part. While its clamp `off_by` is shut it is off its
    line; while the clamps of a `way_round` it are open, its own do not stop the flow.
    """

    id: Id
    device: Id
    inlet: Id
    outlet: Id
    params: dict[Id, float] = Field(default_factory=dict)
    clamps: tuple[Id, ...] = ()
    taps: tuple[Id, ...] = ()
    drive: Id | None = None
    instead_of: Id | None = None
    off_by: Id | None = None
    way_round: tuple[Id, ...] = ()


class Sensor(Model):
    """How one reading is sensed: its lag, and an offset of its zero in the reading's unit."""

    reading: Id
    lag_s: Annotated[float, Field(ge=0, le=600)] = 0.0
    zero: float = 0.0


class ControlLimit(Model):
    """A limit that the operator sets with a control; `at` is how the circuit is delivered, else the control's default."""

    control: Id
    at: float | None = None


class AlarmEntry(Model):
    """One alarm: a shown reading `above` or `below` a limit, or a device's own `condition`.

    It takes `delay_s` to raise and as long to clear; a latching one stays until it is acknowledged.
    """

    id: Id
    text: Text
    priority: Literal["high", "medium", "low"]
    reading: Id | None = None
    above: float | ControlLimit | None = None
    below: float | ControlLimit | None = None
    condition: Id | None = None
    host: Id | None = None
    delay_s: Annotated[float, Field(ge=0, le=600)] = 0.0
    latching: bool = False
    source: Text


class InterlockEntry(Model):
    """One interlock that the machine has: delivered `armed` or off, with its own `limit` or the control's default."""

    id: Id
    armed: bool = True
    limit: float | None = None
    source: Text | None = None


class Usual(Model):
    """How a circuit usually runs, for `drill lab`: with which patient (pack/name), and how its controls stand."""

    patient: str = ""
    controls: dict[Id, float] = Field(default_factory=dict)


class Circuit(Model):
    """circuits/*.yaml: parts between nodes, where readings are taken, drives, alarms.

    `drawing` is for the panel alone, `usual` for `drill lab`: a scenario says its own start.
    One that `extends` another circuit of its pack has all that one's, and says only what it adds or has otherwise.
    """

    schema_: Literal["drill/1"] = Field(alias="schema")
    id: Id
    title: Text
    kind: Literal["va_ecmo", "vv_ecmo", "cpb"]
    extends: Id | None = None
    parts: tuple[Part, ...] = ()
    heights_cm: dict[Id, float] = Field(default_factory=dict)
    sites: dict[Id, Id] = Field(default_factory=dict)
    sensors: tuple[Sensor, ...] = ()
    drives: dict[Id, float] = Field(default_factory=dict)
    alarms: tuple[AlarmEntry, ...] = ()
    usual: Usual = Field(default_factory=Usual)
    interlocks: tuple[InterlockEntry, ...] = ()
    drawing: dict[str, Any] = Field(default_factory=dict)


class RestingState(Model):
    """The state in which a patient holds: under which machine and settings, and in which range each true reading stays."""

    circuit: Ref
    controls: dict[Id, float] = Field(default_factory=dict)
    ranges: dict[Id, tuple[float, float]] = Field(min_length=1)
    source: Text


class Patient(Model):
    """patients/*.yaml: numbers of circulation, lungs, tissue and heart, by name with the unit in the name.

    `size` is the body against an adult of 75 kg, by which every number that is not given is scaled.
    """

    schema_: Literal["drill/1"] = Field(alias="schema")
    id: Id
    title: Text
    size: float = Field(default=1.0, ge=0.03, le=2.0)
    params: dict[Id, float]
    resting: RestingState | None = None
    source: Text
