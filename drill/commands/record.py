"""The command that turns what was played into the beginning of a play and a rubric."""

import re
from pathlib import Path
from typing import TYPE_CHECKING

import click

from drill.commands.common import RUN_FILE, SCENARIO, Finding, cause_option, drawn, seed_option

if TYPE_CHECKING:
    from drill.engine.runlog import Run
    from drill.scenarios.load import Loaded

NAME = re.compile(r"[a-z][a-z0-9_]{0,40}")


@click.command()
@click.argument("scenario", type=SCENARIO)
@click.option("--from", "run_file", metavar="RUN", type=RUN_FILE, help="Take this run instead of playing; no window opens.")
@click.option("--mark", metavar="LIST", help="With --from: which actions matter, such as 1,4-7; all if not given.")
@click.option("--name", default="recorded", show_default=True, help="The play's id, and what the files are called by.")
@click.option("-o", "--out", type=click.Path(file_okay=False, path_type=Path), default=Path(), help="The folder to write to.")
@seed_option
@cause_option
def record(*, scenario: str, run_file: Path | None, mark: str | None, name: str, out: Path, seed: int | None, cause: str | None) -> None:
    """Play a scenario, mark the actions that matter, and get a play and a rubric to start from."""
    from drill.records.home import pack_roots
    from drill.records.store import open_run
    from drill.reports.skeleton import deeds, numbers
    from drill.scenarios.load import load_scenario

    if not NAME.fullmatch(name):
        raise click.BadParameter(f"'{name}' is no id: small letters, digits and _, a letter first", param_hint="--name")
    loaded = load_scenario(scenario, roots=pack_roots())
    if run_file is None:
        if mark is not None:
            raise click.BadParameter("goes with --from: in the window you mark by hand", param_hint="--mark")
        played, chosen = _played(scenario, loaded, seed, cause)
    else:
        played = open_run(run_file)
        if played.header["scenario"] != loaded.ref:
            raise Finding(f"{run_file}: this is a run of '{played.header['scenario']}', not of '{loaded.ref}'")
        done = deeds(played)
        try:
            chosen = set(range(1, len(done) + 1)) if mark is None else set(numbers(mark, len(done)))
        except ValueError as error:
            raise click.BadParameter(str(error), param_hint="--mark") from error
        for deed in done:
            click.echo(f"{'*' if deed.number in chosen else ' '} {deed.number:3}  {deed.time_s:7.1f} s  {deed.text}")
    _write(loaded, played, chosen, name, out)


def _played(scenario: str, loaded: "Loaded", seed: int | None, cause: str | None) -> "tuple[Run, set[int]]":
    """Open the panel, and after the run the list to mark."""
    from drill.doctor import display_problem
    from drill.records.home import pack_roots
    from drill.ui.app import record as record_panel

    problem = display_problem()
    if problem:
        raise Finding(f"The panel cannot open here: {problem}. 'drill record {loaded.ref} --from RUN' needs no window.")
    marked = record_panel(scenario, roots=pack_roots(), seed=drawn(seed), cause=cause)
    if marked is None:
        raise Finding("Nothing was marked, so nothing was written.")
    return marked


def _write(loaded: "Loaded", played: "Run", chosen: set[int], name: str, out: Path) -> None:
    from drill.engine.scoring import score
    from drill.reports.skeleton import deeds, play_yaml, rubric_yaml

    some = [deed for deed in deeds(played) if deed.number in chosen]
    if not some:
        raise Finding("No action was marked, so nothing was written.")
    scenario = loaded.scenario
    sign = scenario.rubric.first_sign if scenario.rubric is not None else None
    sheet = score(scenario.rubric, played) if scenario.rubric is not None else None
    about = f"a run with seed {played.header['seed']}" + (f", cause {played.header['cause']}" if played.header["cause"] else "")
    files = {
        out / f"{name}.yaml": play_yaml(name, scenario.id, some, sign, about),
        out / f"{name}_rubric.yaml": rubric_yaml(some, sign, sheet, scenario.time_limit_s, about),
    }
    for path in files:
        if path.exists():
            raise Finding(f"{path} is there already: choose another --name or folder, or remove it")
    try:
        out.mkdir(parents=True, exist_ok=True)
        for path, text in files.items():
            path.write_text(text, encoding="utf-8")
    except OSError as error:
        raise Finding(f"{error.filename or out}: cannot be written ({error.strerror})") from error
    play, rubric = files
    click.echo(f"Play:   {play}    put it into the pack's folder 'plays'; 'drill run {loaded.ref} --robot {name}' plays it")
    click.echo(f"Rubric: {rubric}    put what it holds into the scenario's file, and write the reasons")
