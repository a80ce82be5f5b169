"""The commands about runs, called in this process on one short drill: what they print, write and how they end."""

import csv
import gzip
import json
from collections.abc import Callable
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from drill.cli import cli
from drill.errors import DrillError
from drill.records.recorder import PACKED
from drill.records.store import open_run

SCENARIO = "pump_head_failure/va_flow_lost"
Drill = Callable[..., Result]


@pytest.fixture
def drill() -> Drill:
    """Call a command; an error that Drill raises on purpose is raised here."""

    def call(*words: object) -> Result:
        result = CliRunner().invoke(cli, [str(word) for word in words])
        if result.exception is not None and not isinstance(result.exception, SystemExit):
            raise result.exception
        return result

    return call


@pytest.fixture(scope="module")
def kept(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Path]:
    """Two runs of one seed, by the expert (an exam) and by nobody (practice): made once, copied into each test's home."""
    from drill.headless import play_headless

    folder = tmp_path_factory.mktemp("runs")
    paths = []
    for robot, mode, trainee in (("expert", "exam", "T-17"), ("idle", "practice", "")):
        out = folder / f"{robot}{PACKED}"
        played = play_headless(SCENARIO, robot, seed=3, mode=mode, cause="motor_fault", out=out, trainee=trainee)
        assert played.path is not None
        paths.append(played.path)
    return paths[0], paths[1]


@pytest.fixture
def runs(kept: tuple[Path, Path], drill_home: Path) -> tuple[Path, Path]:
    """The two runs among the kept ones of this test's home."""
    (drill_home / "runs").mkdir()
    copies = [drill_home / "runs" / f"2026112{k}_{path.name}" for k, path in enumerate(kept)]
    for path, copy in zip(kept, copies, strict=True):
        copy.write_bytes(path.read_bytes())
    return copies[0], copies[1]


@pytest.mark.slow
def test_verify_says_chain_signature_and_replay_and_the_list_remembers(runs: tuple[Path, Path], drill: Drill) -> None:
    """A good run verifies; then `drill runs` shows it as identical."""
    done = drill("verify", runs[0])

    assert done.exit_code == 0, done.output
    assert "chain and footer fit" in done.output
    assert "fits: unknown station" in done.output, "it was written with a key of another home"
    assert "identical:" in done.output
    rows = json.loads(drill("runs", "--json").stdout)["runs"]
    assert {row["verified"] for row in rows} == {"identical", ""}


@pytest.mark.slow
def test_verify_names_a_trusted_station(runs: tuple[Path, Path], drill: Drill) -> None:
    """Once its key is trusted, the station has a name."""
    footer = open_run(runs[0]).footer
    assert footer is not None
    assert drill("key", "trust", footer["key"], "--as", "Bay 3").exit_code == 0

    assert "fits: Bay 3" in drill("verify", runs[0]).output
    assert "Bay 3" in drill("key", "list").output


@pytest.mark.slow
def test_verify_of_another_pack_shows_what_was_logged(runs: tuple[Path, Path], drill: Drill, monkeypatch: pytest.MonkeyPatch) -> None:
    """Where nothing can be simulated again it says so, and shows the logged displays."""
    monkeypatch.setattr("drill.engine.replay.ENGINE_VERSION", "2")
    done = drill("verify", runs[0])

    assert done.exit_code == 1
    assert "not comparable: recorded with engine 1, this is engine 2" in done.output
    assert "60.0 s" in done.output
    assert "flow_l_min" in done.output


@pytest.mark.slow
def test_verify_of_several_files_looks_at_each(runs: tuple[Path, Path], drill: Drill, tmp_path: Path) -> None:
    """What cannot be read has its line, and the run behind it is verified all the same."""
    note = tmp_path / "note.txt"
    note.write_text("no run\n", encoding="utf-8")
    words = (note, tmp_path / "gone.drill", tmp_path, runs[0])
    done = drill("verify", *words)
    found = json.loads(drill("verify", *words, "--json").stdout)["runs"]

    assert done.exit_code == 1
    assert "not a run file of Drill" in done.output
    assert done.output.count("cannot be read") == 2
    assert "identical: " in done.output
    assert f"3 of 4 not verified: {note}" in done.output
    assert [(one["status"], one["fine"]) for one in found] == [*[("unreadable", False)] * 3, ("identical", True)]


def test_a_forged_score_is_found(runs: tuple[Path, Path], drill: Drill) -> None:
    """Who changes the footer breaks its line; who mends the line breaks the signature."""
    from drill.engine.runfile import encode

    run = open_run(runs[1])
    assert run.footer is not None
    forged = {**run.footer, "score": {**run.footer["score"], "score": 100.0, "passed": True}}
    old = run.footer["key"], run.footer["signature"]
    again = encode(type(run)(run.header, run.entries, forged), lambda _: old)
    runs[1].write_bytes(gzip.compress(again))
    from drill.records.keys import station_state

    assert open_run(runs[1]).finished
    assert station_state(open_run(runs[1]).footer, {}, "")[0] == "wrong"
    assert "wrong" in drill("runs").output


def test_replay_prints_summary_events_and_moments(runs: tuple[Path, Path], drill: Drill) -> None:
    """Each moment has its stage, alarms, readings and controls; one outside the run is refused with what there is."""
    summary, happened = drill("replay", runs[0]).output, drill("replay", runs[0], "--events").output
    moment = json.loads(drill("replay", runs[0], "--at", "33.33", "--json").stdout)

    assert "SIMULATION" in summary
    assert "motor_fault" in summary
    assert "stage: steady to no flow" in happened
    assert "you: set clamp return to 1" in happened
    assert moment["time_s"] == 33.3
    assert moment["stage"] == "no_flow"
    assert moment["true"]["flow_l_min"] < 1
    assert "clamp_return" in moment["controls"]
    with pytest.raises(DrillError, match="there is no 999"):
        drill("replay", runs[0], "--at", 999)


def test_trace_is_a_table_of_ten_rows_a_second(runs: tuple[Path, Path], drill: Drill, tmp_path: Path) -> None:
    """Time, true and shown readings, controls, alarms."""
    assert drill("trace", runs[0], "--csv", tmp_path / "t.csv").exit_code == 0
    rows = list(csv.DictReader((tmp_path / "t.csv").read_text(encoding="utf-8").splitlines()))
    run = open_run(runs[0])

    assert len(rows) == run.last_tick // 5 + 1
    assert [row["time_s"] for row in rows[:3]] == ["0.00", "0.10", "0.20"]
    assert float(rows[0]["flow_l_min"]) > 2
    assert rows[-1]["control_clamp_return"] in ("0", "0.0")
    assert any(row["shown_flow_l_min"] == "" for row in rows), "a blank display is empty"
    assert any("low_flow" in row["alarms"] for row in rows)
    assert drill("trace", runs[0], "--csv", tmp_path / "no" / "t.csv").exit_code == 2


def test_diff_tells_where_two_runs_part(runs: tuple[Path, Path], drill: Drill) -> None:
    """The first action parts them; a run against itself is the same."""
    told = drill("diff", runs[0], runs[1]).output
    data = json.loads(drill("diff", runs[0], runs[1], "--json").stdout)

    assert "they part at" in told
    assert "set clamp return to 1" in told
    assert "no_flow_s" in told
    assert data["heads"] == {"mode": ["exam", "practice"]}
    first = next(e["t"] for e in open_run(runs[0]).entries if e["k"] == "action")
    assert data["parting_tick"] == first
    assert not data["same"]
    assert drill("diff", runs[0], runs[0]).output == "the same run: both digests are equal\n"


@pytest.mark.slow
def test_fork_makes_a_new_run_that_never_passes(runs: tuple[Path, Path], drill: Drill, drill_home: Path) -> None:
    """The expert takes over from nobody: the new run names its parent, verifies, and is not passed for that reason."""
    told = json.loads(drill("fork", runs[1], "--at", "32.5", "--robot", "expert", "--json").stdout)
    new = Path(told["run"])
    old = open_run(runs[1])
    made = open_run(new)

    assert made.finished
    assert made.header["parent"] == {"digest": old.footer and old.footer["digest"], "tick": 1625}
    assert not told["passed"]
    assert "taken over from another run" in told["reasons"]
    assert drill("verify", new).exit_code == 0
    before = [e for e in old.entries if e["t"] <= 1625 and e["k"] != "pause"]
    assert [e for e in made.entries if e["t"] <= 1625][: len(before)] == before
    assert runs[1].parent == new.parent == drill_home / "runs"


@pytest.mark.slow
def test_fork_without_a_robot_leaves_a_run_to_go_on_from(runs: tuple[Path, Path], drill: Drill) -> None:
    """Headless it stands at the moment, unfinished, and can be forked again; outside the run it is refused."""
    told = drill("fork", runs[0], "--at", "36.6").output
    path = Path(told.splitlines()[0].removeprefix("Run: "))

    assert open_run(path).last_tick == 1830
    assert not open_run(path).finished
    assert drill("score", path).exit_code == 1
    assert drill("fork", path, "--at", 36, "--robot", "idle").exit_code == 0
    with pytest.raises(DrillError, match=r"0 to 36\.60 s"):
        drill("fork", path, "--at", 50, "--robot", "idle")


def test_export_gives_csv_json_xapi_and_a_table(runs: tuple[Path, Path], drill: Drill, tmp_path: Path) -> None:
    """The same run in forms that other programs read; all runs as one table with their harms."""
    sheet = list(csv.DictReader(drill("export", runs[0], "--csv").stdout.splitlines()))
    whole = json.loads(drill("export", runs[0], "--json").stdout)
    said = json.loads(drill("export", runs[0], "--xapi").stdout)
    assert drill("export", "--table", tmp_path / "runs.csv").exit_code == 0
    rows = list(csv.DictReader((tmp_path / "runs.csv").read_text(encoding="utf-8").splitlines()))

    assert {row["part"] for row in sheet} == {"notice", "run", "ledger", "harm", "step", "wrong", "fact", "event"}
    assert whole["entries"] == list(open_run(runs[0]).entries)
    assert whole["header"]["cause"] == "motor_fault"
    assert whole["sheet"]["passed"] is True
    assert all("verb" in statement for statement in said)
    assert [row["passed"] for row in rows] == ["False", "True"]
    assert all(float(row["no_flow_s"]) > 0 for row in rows)
    for words in ((), (runs[0],), ("--csv",), (runs[0], "--table", "x.csv")):
        assert drill("export", *words).exit_code == 2


def test_a_text_that_a_spreadsheet_would_run_is_only_text(tmp_path: Path) -> None:
    """A trainee's code that begins with = is no formula."""
    from drill.reports.tables import write_csv

    with (tmp_path / "x.csv").open("w", encoding="utf-8") as file:
        write_csv([["=1+1", "-x", "@a", "plain", -1.5]], file)

    assert (tmp_path / "x.csv").read_text() == "'=1+1,'-x,'@a,plain,-1.5\n"


def test_runs_can_be_filtered(runs: tuple[Path, Path], drill: Drill) -> None:
    """By trainee, mode, scenario, pass, day, and what nobody has signed."""
    assert drill("runs").output.count(PACKED) == 2
    for words, wanted in (
        (["--passed"], ["exam"]),
        (["--not-passed"], ["practice"]),
        (["--mode", "exam"], ["exam"]),
        (["--trainee", "nobody"], []),
        (["--trainee", "T-17"], ["exam"]),
        (["--trainee", "robot idle"], ["practice"]),
        (["--scenario", SCENARIO], ["practice", "exam"]),
        (["--since", "2999-01-01"], []),
        (["--unsigned"], ["practice", "exam"]),
    ):
        rows = json.loads(drill("runs", "--json", *words).stdout)["runs"]
        assert [row["mode"] for row in rows] == wanted, words
    assert "no such run is kept" in drill("runs", "--trainee", "nobody").output


def test_a_run_is_found_by_the_name_that_the_list_prints(
    runs: tuple[Path, Path], drill: Drill, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """From any folder, with or without suffix; a file that lies here goes before; the list says where the runs lie."""
    monkeypatch.chdir(tmp_path)
    stem = runs[1].name.removesuffix(PACKED)

    assert f"kept in {runs[0].parent}" in drill("runs").output.splitlines()
    assert json.loads(drill("runs", "--json").stdout)["folder"] == str(runs[0].parent)
    for name in (runs[1].name, stem, f"{stem}.drill"):
        assert "mode         practice" in drill("replay", name, "--events").output
    assert drill("diff", runs[0].name, stem).exit_code == 0
    (tmp_path / runs[1].name).write_bytes(runs[0].read_bytes())
    assert "mode         exam" in drill("replay", stem, "--events").output, "the one that lies here"
    for command in ("score", "verify"):
        for name in ("nowhere", "n" * 300, "a\nb"):
            refused = drill(command, name)
            assert refused.exit_code == 2
            assert "neither in this folder nor among the kept runs" in " ".join(refused.output.split())


def test_a_data_folder_that_cannot_be_read_is_said(drill: Drill, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A file in the folder's place is no empty list; a folder that is not made yet is."""
    place = tmp_path / "home"
    monkeypatch.setenv("DRILL_HOME", str(place))
    assert "no such run is kept" in drill("runs").output
    place.write_text("", encoding="utf-8")
    for words in (("runs",), ("runs", "--json"), ("export", "--table", "-"), ("report", "--trainee", "T-17", "-o", tmp_path / "x.html")):
        with pytest.raises(DrillError, match="the runs cannot be read"):
            drill(*words)


@pytest.mark.parametrize("code", ["x\ny", "x\r", "   ", "x\x1b[31m", "a\u202eb", "n" * 300], ids=ascii)
def test_a_code_that_would_break_a_list_is_refused_before_anything_is_played(code: str, drill: Drill, drill_home: Path) -> None:
    """Line breaks, what does not print, spaces alone, and too long: what was found and what is allowed is said, safely."""
    refused = drill("run", SCENARIO, "--robot", "idle", "--trainee", code)

    assert refused.exit_code == 2
    assert "at most 40 letters" in " ".join(refused.output.split())
    assert all(line.isprintable() for line in refused.output.splitlines())
    assert not (drill_home / "runs").exists()


def test_odd_codes_of_older_runs_are_listed_and_found(runs: tuple[Path, Path], drill: Drill, tmp_path: Path) -> None:
    """Each run has one line of the table, whatever its code; the code as it is shown finds it again."""
    from drill.engine.runfile import encode

    for path, code in zip(runs, ("x\n\x1by", "n" * 300), strict=True):
        run = open_run(path)
        path.write_bytes(gzip.compress(encode(type(run)({**run.header, "about": {**run.header["about"], "trainee": code}}, run.entries))))
    _, _, _, head, *rows = drill("runs").output.splitlines()

    assert len(rows) == 2
    assert {row.index("VA ECMO") for row in rows} == {head.index("case")}
    assert "n" * 59 + "…" in rows[0]
    assert "\\n\\x1by" in rows[1]
    assert drill("runs", "--trainee", "x\\n\\x1by").output.count("VA ECMO") == 1
    assert "\x1b" not in drill("replay", runs[0]).output
    assert drill("report", "--trainee", "x\\n\\x1by", "-o", tmp_path / "t.html").exit_code == 0
    assert drill("report", "--trainee", "x\\n\\x1by", "-o", tmp_path / "t.pdf").exit_code == 0


def test_filters_that_leave_nothing_or_are_no_day_are_refused(runs: tuple[Path, Path], drill: Drill) -> None:
    """Passed and not passed together, and what is no day of the calendar: the message says what to give."""
    for words, told in (
        (("--passed", "--not-passed"), "give one of them"),
        (("--since", "2026-13-01"), "no such day; give year-month-day, such as 2026-11-21"),
        (("--since", "2026-02-30"), "no such day"),
        (("--since", "yesterday"), "is no day: give year-month-day"),
        (("--since", "20261121"), "is no day"),
    ):
        refused = drill("runs", *words)
        assert refused.exit_code == 2
        assert told in refused.output, words
    assert drill("runs", "--since", "2026-01-01").output.count(PACKED) == 2


def test_the_list_says_once_what_is_the_same_for_all(runs: tuple[Path, Path], drill: Drill) -> None:
    """What tells no two runs apart stands above the list; of one run alone everything stands in its row."""
    _, _, same, head, *rows = drill("runs").output.splitlines()
    _, _, alone, only = drill("runs", "--passed").output.splitlines()

    assert same.startswith("all 2: ")
    assert "hints no · verified not yet" in same
    assert "hints" not in head
    assert [row.split()[-1] for row in rows] == [path.name for path in reversed(runs)]
    assert "hints" in alone
    assert only.split()[-1] == runs[0].name


def test_a_supervisor_signs_with_a_note(runs: tuple[Path, Path], drill: Drill) -> None:
    """The signature stands beside the run, is shown, listed, and does not fit when the run is exchanged."""
    assert drill("sign", runs[0]).output.splitlines()[1] == "no supervisor has signed it"
    assert drill("key", "new", "--as", "Weiss").exit_code == 0
    assert drill("sign", runs[0], "--as", "Weiss", "--note", "calm, clear").exit_code == 0
    shown = drill("sign", runs[0])

    assert shown.exit_code == 0
    assert "signed as Weiss by Weiss" in shown.output
    assert "passed, 100 %" in shown.output
    assert "calm, clear" in shown.output
    assert "Weiss" in drill("runs").output
    runs[0].write_bytes(runs[1].read_bytes())
    swapped = drill("sign", runs[0])
    assert swapped.exit_code == 1
    assert "NOT VALID" in swapped.output
    with pytest.raises(DrillError, match="drill key new"):
        drill("sign", runs[0], "--as", "Nobody")
    assert drill("sign", runs[0], "--note", "x").exit_code == 2


def test_a_note_cannot_look_like_the_programs_own_words(runs: tuple[Path, Path], drill: Drill) -> None:
    """Each of its lines is marked, and what does not print is shown as its escape."""
    drill("key", "new", "--as", "Weiss")
    drill("sign", runs[0], "--as", "Weiss", "--note", "calm\nstation: fits: Bay 3\x1b[31m")
    lines = drill("sign", runs[0]).output.splitlines()

    assert lines[2:4] == ["  note | calm", "  note | station: fits: Bay 3\\x1b[31m"]


def test_damage_is_the_reason_and_no_change_of_the_rubric(runs: tuple[Path, Path], drill: Drill) -> None:
    """A line that stands twice, junk behind the footer, no footer: each is named as what it is, and the footer is not compared."""
    data = gzip.decompress(runs[0].read_bytes())
    lines = data.splitlines(keepends=True)
    spoilt = {
        "line 51: damaged": b"".join([*lines[:50], lines[49], *lines[50:]]),
        f"line {len(lines) + 1}: something follows the footer": data + b"junk",
        "but its file was never closed": b"".join(lines[:-1]),
    }
    for words, content in spoilt.items():
        runs[0].write_bytes(content)
        done = drill("score", runs[0])
        sheet = json.loads(drill("score", runs[0], "--json").stdout)

        assert done.exit_code == 1
        assert "changed since the run" not in done.output
        assert "The file is not whole" in done.output
        assert words in sheet["reasons"][0]
        assert "the run is unfinished" not in sheet["reasons"]
        assert sheet["changed"] == []


def test_a_locked_key_asks_for_its_passphrase(runs: tuple[Path, Path]) -> None:
    """Made and used with the passphrase; a wrong one is refused."""
    made = CliRunner().invoke(cli, ["key", "new", "--as", "Weiss", "--passphrase"], input="horse\nhorse\n")
    signed = CliRunner().invoke(cli, ["sign", str(runs[0]), "--as", "Weiss"], input="horse\n")
    wrong = CliRunner().invoke(cli, ["sign", str(runs[0]), "--as", "Weiss"], input="cart\n")

    assert (made.exit_code, signed.exit_code) == (0, 0), made.output + signed.output
    assert isinstance(wrong.exception, DrillError)
    assert "horse" not in made.output + signed.output


def test_what_only_people_judge_is_rated_apart_from_the_points(runs: tuple[Path, Path], drill: Drill) -> None:
    """A rating is signed and shown; it changes no score; a word that is not on the list is refused with what is."""
    before = json.loads(drill("score", runs[0], "--json").stdout)
    drill("key", "new", "--as", "Weiss")
    done = drill("sign", runs[0], "--as", "Weiss", "--rate", "closed_loop=2")

    assert done.exit_code == 0, done.output
    shown = drill("sign", runs[0]).output
    assert "closed_loop: 2 (mostly)" in shown
    assert [one["ratings"] for one in json.loads(drill("export", runs[0], "--json").stdout)["signatures"]] == [{"closed_loop": 2.0}]
    assert "shared_picture: The team was told" in shown, "what can be rated is told, with its scale"
    assert json.loads(drill("score", runs[0], "--json").stdout) == before
    for wrong, told in (("closed_loop=9", "scale"), ("closed_loop=x", "scale"), ("charm=1", "closed_loop")):
        refused = drill("sign", runs[0], "--as", "Weiss", "--rate", wrong)
        assert refused.exit_code == 2
        assert told in refused.output


def test_judging_again_says_what_changed(runs: tuple[Path, Path], drill: Drill, root: Path, tmp_path: Path) -> None:
    """By the same rubric nothing changes; by a pack with other points each changed line is named."""
    import shutil

    assert json.loads(drill("score", runs[0], "--json").stdout)["changed"] == []
    pack = tmp_path / "mine" / "pump_head_failure"
    shutil.copytree(root / "scenario_packs" / "pump_head_failure", pack)
    case = pack / "scenarios" / "va_flow_lost.yaml"
    text = case.read_text(encoding="utf-8")
    at = text.index("- id: return_clamped")
    points = text.index("points:", at)
    end = text.index("\n", points)
    case.write_text(text[:points] + "points: 30" + text[end:], encoding="utf-8")
    changed = json.loads(drill("score", runs[1], "--pack", pack, "--json").stdout)["changed"]

    assert any("Return line clamped" in line and "is now 30" in line for line in changed), changed
    assert "changed since the run:" in drill("score", runs[1], "--pack", pack).output
    with pytest.raises(DrillError, match="not the pack of this run"):
        drill("score", runs[1], "--pack", tmp_path)


@pytest.mark.slow
@pytest.mark.parametrize(
    "words",
    [
        ("trace", "RUN", "--csv", "RUN"),
        ("export", "RUN", "--csv", "-o", "RUN"),
        ("export", "--table", "RUN"),
        ("fork", "RUN", "--at", "5", "--out", "RUN"),
        ("run", SCENARIO, "--robot", "idle", "--seed", "1", "--out", "RUN"),
        ("report", "RUN", "-o", "RUN"),
    ],
    ids=lambda words: " ".join(words[:3]),
)
def test_no_command_writes_over_a_run(words: tuple[str, ...], kept: tuple[Path, Path], tmp_path: Path, drill: Drill) -> None:
    """Whatever is to be written, a recorded run in its place is refused by name and stays as it was, whatever it is called."""
    for name in (f"mine{PACKED}", "mine.csv"):
        mine = tmp_path / name
        mine.write_bytes(kept[0].read_bytes())

        result = drill(*(str(mine) if word == "RUN" else word for word in words))

        assert result.exit_code == 2, result.output
        assert "is a recorded run, and no run is ever written over" in result.output
        assert mine.read_bytes() == kept[0].read_bytes()


@pytest.mark.slow
@pytest.mark.parametrize("words", [("fork", "RUN", "--at"), ("replay", "RUN", "--at")], ids=lambda words: words[0])
@pytest.mark.parametrize("value", ["nan", "inf", "-inf"])
def test_what_is_no_number_is_no_moment(words: tuple[str, ...], value: str, kept: tuple[Path, Path], drill: Drill) -> None:
    """A moment that cannot be counted with is refused with the range."""
    result = drill(*(str(kept[0]) if word == "RUN" else word for word in words), value)

    assert result.exit_code == 2
    assert "7200" in result.output
