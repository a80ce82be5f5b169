"""Commands that play or draw a drill."""

from pathlib import Path

import click

from drill import TRAINING_ONLY
from drill.commands.common import (
    MODES,
    SCENARIO,
    SEED,
    TRAINEE,
    Amount,
    Finding,
    NewFile,
    cause_option,
    drawn,
    json_option,
    print_json,
    robot_option,
    say_taken,
    seed_option,
    show,
)


@click.command()
@click.argument("scenario", type=SCENARIO)
@seed_option
@click.option("--mode", type=click.Choice(MODES), default="practice", show_default=True, help="How much help there is.")
@cause_option
@click.option("--trainee", metavar="CODE", type=TRAINEE, default="", help="Who plays; kept in the run file.")
@click.option("--watch", is_flag=True, help="For authors: save the pack, and the drill goes on in it from the same second.")
def play(*, scenario: str, seed: int | None, mode: str, cause: str | None, trainee: str, watch: bool) -> None:
    """Open the panel with one scenario."""
    from drill.doctor import display_problem

    problem = display_problem()
    if problem:
        raise Finding(f"The panel cannot open here: {problem}. 'drill run {scenario} --robot expert' plays without a window.")
    from drill.records.home import pack_roots
    from drill.ui.app import play as play_panel

    play_panel(scenario, roots=pack_roots(), seed=drawn(seed), mode=mode, cause=cause, trainee=trainee, watch=watch)


@click.command()
@click.argument("scenario", type=SCENARIO)
@robot_option
@seed_option
@click.option("--mode", type=click.Choice(MODES), default="exam", show_default=True, help="The physics is the same in all.")
@cause_option
@click.option("--trainee", metavar="CODE", type=TRAINEE, default="", help="Whose the run is; the robot's name if not given.")
@json_option
@click.option("--out", type=NewFile(), help="Write the run there, not to the data folder.")
@click.option("--plain", is_flag=True, help="Do not compile: the same result, slower.")
def run(
    *,
    scenario: str,
    robot: str,
    seed: int | None,
    mode: str,
    cause: str | None,
    trainee: str,
    as_json: bool,
    out: Path | None,
    plain: bool,
) -> None:
    """Play without a window, as fast as it goes, and print the score sheet."""
    from drill.headless import play_headless

    played = play_headless(scenario, robot, seed=drawn(seed), mode=mode, cause=cause, plain=plain, out=out, trainee=trainee)
    if as_json:
        print_json(played.to_json())
    else:
        show(played.run, played.sheet)
        click.echo(f"Run: {played.path}" if played.path else played.problem)
    if played.problem:
        click.echo(played.problem, err=True)


@click.command("list")
@json_option
def list_(*, as_json: bool) -> None:
    """List the scenarios that were found, under their neutral names."""
    from drill.records.home import pack_roots
    from drill.scenarios.catalogue import find_scenarios

    cases = find_scenarios(pack_roots())
    say_taken(pack_roots(), *(case.ref.partition("/")[0] for case in cases))
    if as_json:
        rows = [{"id": c.ref, "name": c.name, "line": c.line, "kind": c.kind, "free_play": c.free_play, "error": c.error} for c in cases]
        print_json({"notice": TRAINING_ONLY, "scenarios": rows})
    else:
        click.echo(TRAINING_ONLY)
        for case in cases:
            click.echo(f"{case.ref}\n    {case.name} - {case.line}" if not case.error else f"{case.ref}\n    does not load:\n{case.error}")
    if any(case.error for case in cases):
        raise Finding("Some scenarios do not load; the reasons stand with them.")


@click.command()
@click.argument("scenario", type=SCENARIO)
@click.option("--robot", default="expert", show_default=True, help="Who plays up to that moment.")
@click.option("--seed", type=SEED, default=0, show_default=True, help="The run's only chance.")
@cause_option
@click.option("--at", "at_s", metavar="SECONDS", type=Amount(0, 7200), default=0, help="The moment, in simulated seconds.")
@click.option(
    "--screen", type=click.Choice(("panel", "menu", "briefing", "debrief")), default="panel", show_default=True, help="What to draw."
)
@click.option("--scroll", type=Amount(0, 20000), default=0, help="How far down the debrief, in logical pixels.")
@click.option("-o", "--out", type=NewFile(), required=True, help="The PNG to write.")
@click.option("--size", metavar="WxH", default="1280x720", show_default=True, callback=lambda _c, _p, text: size(text), help="In pixels.")
def shot(
    *, scenario: str, robot: str, seed: int, cause: str | None, at_s: float, screen: str, scroll: float, out: Path, size: tuple[int, int]
) -> None:
    """Draw the panel at a moment of a run, or another screen, without a display."""
    from drill.headless import play_headless, play_to
    from drill.records.home import pack_roots
    from drill.reports.view import describe
    from drill.scenarios.load import load_scenario
    from drill.ui.shot import Camera, render_briefing, render_debrief, render_menu

    loaded = load_scenario(scenario, roots=pack_roots())
    try:
        if screen == "menu":
            render_menu(pack_roots(), out, size)
        elif screen == "briefing":
            render_briefing(loaded, out, size)
        elif screen == "debrief":
            played = play_headless(scenario, robot, seed=seed, mode="practice", cause=cause, record=False)
            render_debrief(describe(played.sheet, played.run, scenario=loaded.scenario, tasks=loaded.tasks), out, size, scroll=scroll)
        else:
            camera = Camera(loaded, at_s=at_s, size=size)
            play_to(loaded, robot, seed=seed, cause=cause, at_s=at_s, through=camera.watch)
            camera.render(out)
    except OSError as error:
        raise click.BadParameter(f"{out} cannot be written ({error.strerror})", param_hint="-o") from error
    click.echo(out)


def size(text: str) -> tuple[int, int]:
    """Read WxH. Raises BadParameter with what is allowed."""
    width, _, height = text.partition("x")
    if not (width.isdecimal() and height.isdecimal() and 320 <= int(width) <= 7680 and 180 <= int(height) <= 4320):
        raise click.BadParameter(f"'{text}' is not a size: give width x height in pixels, from 320x180 to 7680x4320, such as 1920x1080")
    return int(width), int(height)
