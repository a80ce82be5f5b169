"""Print docs/drills.md: every stock drill with what is hidden in it, for whoever teaches with them: `make docs`."""

from collections.abc import Iterator
from pathlib import Path

from drill import TRAINING_ONLY
from drill.scenarios.library import Library
from drill.scenarios.load import Loaded, load_scenario

ROOTS = [Path(__file__).resolve().parent.parent / "scenario_packs"]
MACHINES = {"va_ecmo": "VA ECMO", "vv_ecmo": "VV ECMO", "cpb": "heart-lung machine"}
HEAD = f"""# The drills

{TRAINING_ONLY}. Made from the packs by `make docs`, for those who teach: **it tells what is hidden**. The menu shows a case's name alone,
and in an exam the seed draws the cause (`drill play PACK/DRILL --cause CAUSE` chooses it). What virtual trainees made of them stands in
[results.md](results.md), the gravest errors in [error-plays.md](error-plays.md), all that is judged, to sign, in
[local-targets.md](local-targets.md); `drill sheet PACK/DRILL` prints a page for the facilitator.
"""


def main() -> None:
    """Print the page."""
    print("\n".join(page()))  # noqa: T201  the page goes to the standard output


def page() -> Iterator[str]:
    """Yield the page's lines."""
    yield HEAD
    library = Library(ROOTS)
    drills = [load_scenario(name, roots=ROOTS) for name in library.refs("scenarios")]
    for title in dict.fromkeys(one.pack.title for one in drills if not one.scenario.free_play):
        yield from (f"## {title}", "")
        yield from ("| drill | machine | the menu calls it | what may be hidden in it | until | error plays |", "|---|---|---|---|---|---|")
        yield from (_row(one) for one in drills if one.pack.title == title and not one.scenario.free_play)
        yield ""
    free = ", ".join(f"`{one.ref}`" for one in drills if one.scenario.free_play)
    yield f"Without a story: {free}. `drill list` names them all, with those of your own packs."


def _row(one: Loaded) -> str:
    scenario = one.scenario
    causes = "; ".join(f"`{cause.id}`: {cause.title}" for cause in scenario.causes)
    errors = sum(play.loses is not None for play in one.plays.values())
    return (
        f"| `{one.ref}` | {MACHINES[one.circuit.kind]} | {scenario.case.name} | {causes} | {scenario.time_limit_s / 60:g} min | {errors} |"
    )


if __name__ == "__main__":
    main()
