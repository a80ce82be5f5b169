"""The lab: what can be asked of it, what it answers, and what it says to a wrong question."""

import contextlib
import csv
import io
import json
import re
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result

from drill.circuit.compiler import Bench
from drill.circuit.controls import CONTROLS
from drill.circuit.faults import FAULTS
from drill.circuit.readings import READINGS
from drill.cli import cli
from drill.errors import CircuitError, NameUnknownError
from drill.lab.machine import Lab
from drill.lab.orders import START_S, OrderError, read_fault, read_give, read_set
from drill.lab.trial import Track, plan
from drill.records.home import pack_roots
from drill.scenarios.library import Library
from drill.scenarios.stock import load_stock

BENCH = ("va_ecmo_adult", "--bench", "70,8", "--settle", "4")


def drill_lab(*words: str) -> Result:
    """Run `drill lab` as from the command line."""
    return CliRunner().invoke(cli, ["lab", *words])


def answer(*words: str) -> dict[str, Any]:
    """What `drill lab --json` gives."""
    result = drill_lab(*words, "--json")
    assert result.exit_code == 0, result.output
    data: dict[str, Any] = json.loads(result.stdout)
    return data


def test_five_hundred_rpm_more_in_one_command() -> None:
    """The summary has before, after and change: more flow, more suction, more pressure before the membrane."""
    found = answer("va_ecmo_adult", "--set", "pump_rpm_set+=500", "--for", "20", "--settle", "30")["summary"]

    assert found["pump_rpm"]["change"] == pytest.approx(500, abs=5)
    assert found["flow_l_min"]["change"] > 0.4
    assert found["p_ven_mmhg"]["change"] < -10
    assert found["p_pre_mmhg"]["change"] > 20
    for row in found.values():
        assert row["after"] - row["before"] == pytest.approx(row["change"], abs=0.11)
        assert row["lowest"] <= row["highest"]


def test_the_page_s_python_does_what_it_says(root: Path) -> None:
    """The lines of docs/lab.md run as they stand, and print the same answer as the command."""
    page = (root / "docs/lab.md").read_text(encoding="utf-8")
    code = re.search(r"```python\n(.*?)```", page, re.DOTALL)
    assert code is not None
    said = io.StringIO()
    with contextlib.redirect_stdout(said):
        exec(code.group(1), {})  # noqa: S102  our own page

    by_command = answer("va_ecmo_adult", "--set", "pump_rpm_set+=500")["summary"]["p_ven_mmhg"]["change"]
    assert float(said.getvalue()) == pytest.approx(by_command, abs=0.1)


@pytest.mark.slow
def test_commands_of_the_page_work(root: Path) -> None:
    """Every `drill lab` command of docs/lab.md is accepted as it stands."""
    lines = re.findall(r"^drill lab (.*?)(?:\s+#.*)?$", (root / "docs/lab.md").read_text(encoding="utf-8"), re.MULTILINE)

    assert len(lines) >= 8
    for line in lines:
        words = line.split()
        if not {"--list", "--find"} & set(words):
            words += ["--settle", "0"]
        if not {"--list", "--find", "--bench", "--give", "--read"} & set(words):
            words += ["--bench", "70,8"]
        if "--csv" in words:
            words[words.index("--csv") + 1] = "/dev/null"
        result = drill_lab(*words)
        assert result.exit_code == 0, f"{line}: {result.output}"


def test_list_has_every_name_with_its_unit() -> None:
    """--list --json holds each control, reading and fault, and each stock circuit, patient and device."""
    found = answer("--list")
    library = Library(pack_roots())

    assert {row["name"]: row["unit"] for row in found["controls"]} == {c.name: c.unit for c in CONTROLS.values()}
    assert {row["name"]: row["unit"] for row in found["readings"]} == {r.name: r.unit for r in READINGS.values()}
    assert {row["name"] for row in found["faults"]} == set(FAULTS)
    assert {row["name"] for row in found["circuits"]} == set(library.refs("circuits"))
    assert {row["name"] for row in found["patients"]} == set(library.refs("patients"))
    assert {"drain_25fr", "rotaflow_type"} <= {row["name"] for row in found["devices"]}
    as_text = drill_lab("--list").output
    assert all(name in as_text for name in (*CONTROLS, *READINGS, *FAULTS))


@pytest.mark.parametrize("circuit", [ref.partition("/")[2] for ref in Library(pack_roots()).refs("circuits")])
def test_each_circuit_knows_how_it_usually_runs(circuit: str) -> None:
    """Every stock circuit has a usual patient and usual settings, and its --list names its parts."""
    stock = load_stock(circuit, roots=pack_roots())

    assert stock.usual["pump_rpm_set"] > 0.0
    assert stock.usual["sweep_l_min"] > 0.0
    found = answer(circuit, "--list")
    assert found["usual_patient"]
    assert [part["name"] for part in found["parts"]] == [part.id for part in stock.circuit.parts]


def test_a_bench_has_imposed_pressures_and_no_patient() -> None:
    """On a bench a higher afterload gives less flow; the patient's readings are not there, say so, and raise no alarm."""
    low, high = (answer("va_ecmo_adult", "--bench", f"{pressure},8", "--for", "2", "--settle", "4") for pressure in (60, 110))

    assert high["summary"]["flow_l_min"]["after"] < low["summary"]["flow_l_min"]["after"] - 0.2
    assert "map_mmhg" not in low["summary"]
    assert not low["events"]
    assert "bench" in drill_lab(*BENCH, "--read", "map_mmhg").output


def test_a_device_is_swapped_and_a_number_changed() -> None:
    """A wider return cannula gives more flow; a smaller membrane removes less CO2."""
    usual = answer(*BENCH, "--for", "2")["summary"]
    wide = answer(*BENCH, "--for", "2", "--device", "return_cannula=return_21fr")["summary"]
    small = answer(*BENCH, "--for", "2", "--param", "oxygenator.area_m2=0.4")["summary"]

    assert wide["flow_l_min"]["after"] > usual["flow_l_min"]["after"] + 0.3
    assert small["pco2_post_mmhg"]["after"] > usual["pco2_post_mmhg"]["after"] + 0.5


def test_orders_act_at_their_time() -> None:
    """What is set at 3 s shows from then on; `@start` is there before time begins; a fault and an alarm are told."""
    found = answer(*BENCH, "--set", "pump_rpm_set=2500@start", "--fault", "motor_fault@3", "--for", "8", "--every", "1")
    rpm = [row["pump_rpm"] for row in found["rows"]]

    assert rpm[:4] == pytest.approx([2500] * 4, abs=5)
    assert rpm[-1] < 500
    assert found["events"][0] == {"time_s": 3.0, "what": "fault motor_fault"}
    assert any("MOTOR" in event["what"] and event["time_s"] > 3.0 for event in found["events"])


def test_rows_as_csv(tmp_path: Path) -> None:
    """The CSV has one line a row, with the readings' names above; a blank display is empty."""
    path = tmp_path / "rows.csv"
    reads = ("--read", "flow_l_min,shown:flow_l_min", "--csv", str(path))
    result = drill_lab(*BENCH, "--fault", "isolation_switch_off@1", "--for", "4", "--every", "1", *reads)

    assert result.exit_code == 0, result.output
    rows = list(csv.DictReader(path.read_text(encoding="utf-8").splitlines()))
    assert [float(row["time_s"]) for row in rows] == [0, 1, 2, 3, 4]
    assert rows[0]["shown:flow_l_min"]
    assert rows[-1]["shown:flow_l_min"] == ""
    assert rows[-1]["flow_l_min"]


def test_find_lists_what_has_the_word_in_name_or_meaning() -> None:
    """--find kink gives the fault and leaves out what has nothing to do with it."""
    found = answer("--find", "Kink")

    assert "kink" in {row["name"] for row in found["faults"]}
    assert all("kink" in str(row).casefold() for rows in found.values() for row in rows)
    assert found["patients"] == []


def test_what_has_not_settled_is_named() -> None:
    """A reading that still changes in the last rows is moving; one that has come to rest, or hardly changed, is not."""
    moving: list[float | None] = [40.0, 39.0, 38.0, 37.0]
    others: list[list[float | None]] = [[1.0, 3.0, 5.0, 5.0], [66.0, 66.2, 66.0, 66.3], [5.0, 4.0, 2.0, None]]

    assert Track("paco2_mmhg", "mmHg", 0, values=moving).moving
    assert not any(Track("map_mmhg", "mmHg", 0, values=row).moving for row in others)


def test_columns_as_asked() -> None:
    """--read names the columns; +NAME adds to the usual ones; all gives all that the machine has."""
    assert list(answer(*BENCH, "--for", "1", "--read", "p_ven_mmhg")["summary"]) == ["p_ven_mmhg"]
    assert {"flow_l_min", "gas_in_head_ml"} <= set(answer(*BENCH, "--for", "1", "--read", "+gas_in_head_ml")["summary"])
    assert len(answer(*BENCH, "--for", "1", "--read", "all")["summary"]) > 20


@pytest.mark.parametrize(
    ("words", "says"),
    [
        ([], "va_ecmo_adult"),
        (["va_ecmo_adlt"], "did you mean 'va_ecmo_adult'"),
        (["va_ecmo_adult", "--patient", "nobody"], "allowed: "),
        (["va_ecmo_adult", "--bench", "70,8", "--patient", "cardiogenic_shock_dependent"], "in place of a patient"),
        (["va_ecmo_adult", "--bench", "70"], "MAP,CVP"),
        (["va_ecmo_adult", "--bench", "700,8"], "outside -50 to 300"),
        (["va_ecmo_adult", "--set", "pump_rpm=3000"], "did you mean 'pump_rpm_set'"),
        (["va_ecmo_adult", "--set", "pump_rpm_set=9000"], "0 to 5000"),
        (["va_ecmo_adult", "--set", "pump_rpm_set+=9000"], "0 to 5000"),
        (["va_ecmo_adult", "--set", "pump_rpm_set=fast"], "not a number"),
        (["va_ecmo_adult", "--fault", "kink:closed=10%"], "write 0.1 for 10%"),
        (["--find", "zzz"], "nothing has 'zzz'"),
        (["va_ecmo_adult", "--set", "pump_rpm_set"], "NAME=VALUE"),
        (["va_ecmo_adult", "--set", "pump_rpm_set=1@soon"], "'start'"),
        (["va_ecmo_adult", "--set", "pump_rpm_set=1@90", "--for", "60"], "ends before"),
        (["va_ecmo_adult", "--fault", "motor_falt"], "did you mean 'motor_fault'"),
        (["va_ecmo_adult", "--fault", "oxygenator_clot:clt=1"], "did you mean 'clot'"),
        (["va_ecmo_adult", "--fault", "oxygenator_clot:clot=2"], "0 to 0.95"),
        (["va_ecmo_adult", "--fault", "oxygenator_clot:clot"], "NAME=VALUE"),
        (["va_ecmo_adult", "--give", "presor"], "did you mean 'pressor'"),
        (["va_ecmo_adult", "--give", "clear=9999"], "0 to 2000"),
        (["va_ecmo_adult", "--device", "pump"], "PART=DEVICE"),
        (["va_ecmo_adult", "--device", "pmp=rotaflow_type"], "did you mean 'pump'"),
        (["va_ecmo_adult", "--device", "pump=drain_25fr"], "what fits: "),
        (["va_ecmo_adult", "--param", "patient.lungshunt=1"], "did you mean 'lung_shunt'"),
        (["va_ecmo_adult", "--param", "pump.volume=1"], "did you mean 'volume_ml'"),
        (["va_ecmo_adult", "--param", "patient.hr_bpm=-5"], "must not be negative"),
        (["va_ecmo_adult", "--param", "return_line.length_m=0.001"], "make the tube longer"),
        (["va_ecmo_adult", "--read", "p_venn_mmhg"], "did you mean 'p_ven_mmhg'"),
        (["va_ecmo_adult", "--read", "shown:oxygen_debt_ml"], "shown reading"),
        (["va_ecmo_adult", "--every", "0.02", "--for", "86400"], "--every longer"),
    ],
)
def test_a_wrong_question_is_told_what_is_right(words: Sequence[str], says: str) -> None:
    """Wrong names, numbers and times end with exit code 2 and a sentence that helps, before anything has run."""
    result = drill_lab(*words)

    assert result.exit_code == 2
    assert says in result.output
    assert "Traceback" not in result.output


def test_a_csv_that_cannot_be_written_is_told() -> None:
    """A folder in place of a file is a usage error."""
    result = drill_lab(*BENCH, "--for", "1", "--csv", "/nowhere/at/all.csv")

    assert result.exit_code == 2
    assert "cannot be written" in result.output


def test_numbers_that_no_model_holds_are_told() -> None:
    """A patient without weight ends in a sentence, not in `nan`."""
    result = drill_lab("va_ecmo_adult", "--param", "patient.weight_kg=1e-9", "--settle", "2", "--for", "1")

    assert result.exit_code == 2
    assert "--param" in result.output


def test_orders_are_read_as_written() -> None:
    """Values, signs, times and parameters come out of the short words."""
    assert read_set("pump_rpm_set-=500@1.5").value == -500.0
    assert read_set("crank_rpm=-80").value == -80.0
    assert not read_set("crank_rpm=-80").relative
    assert read_set("sweep_l_min=3@start").at_s == START_S
    assert read_fault("head_thrombosis:clot=0.2,per_min=1@60").parameters == {"clot": 0.2, "per_min": 1.0}
    assert (read_fault("kink:part=return_line").part, read_fault("kink:part=return_line").parameters) == ("return_line", {})
    assert read_give("pressor@10").value == 1.0
    with pytest.raises(OrderError):
        read_give("pressor=much")


def test_a_trial_is_about_ten_rows_and_ends_a_minute_after_the_last_order() -> None:
    """Without --for and --every the plan fits what was asked."""
    assert plan([], None, None) == (60.0, 5.0)
    whole, step = plan([read_set("pump_rpm_set=1@600")], None, None)
    assert whole == 660.0
    assert 5 <= whole / step <= 12
    assert plan([], 1.0, 0.1) == (1.0, 0.1)


def test_lab_in_python() -> None:
    """Set, run, read; faults and gifts; a reading that is not there is refused."""
    lab = Lab("va_ecmo_adult", bench=Bench(70.0, 8.0), settle_s=4.0)
    before = lab.read("flow_l_min")
    lab.set("clamp_return", 1.0)
    lab.run(3.0)

    assert lab.time_s == 3.0
    assert before > 2.0
    assert abs(lab.read("flow_l_min")) < 0.2
    assert lab.now("shown:pump_rpm") == pytest.approx(3000, abs=10)
    with pytest.raises(CircuitError, match="patient"):
        lab.read("map_mmhg")
    with pytest.raises(NameUnknownError, match="pressor"):
        lab.give("presor")
