"""Print docs/practice-errors.md: errors chosen from practice alone, and right ways, each played by a test: `make docs`."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import yaml

from drill import TRAINING_ONLY
from drill.scenarios.load import load_scenario

ROOT = Path(__file__).resolve().parent.parent
HEAD = f"""# Errors chosen from practice

{TRAINING_ONLY}. Made from `tests/robots/errors` and `tests/robots/right` by `make docs`. **It tells what is hidden.**

Perfusion's practice was read, and errors were written down from it before anybody had looked at a rubric: three or more for each drill,
most of them small ones in a run that is otherwise the expert's. Some were added later, while those were tried. Each was played. All that
stand here fail, and lose the line that names them; what passed at first was mended in the rubrics. `tests/robots/test_practice.py` plays
them, the first of each drill every day and all in `make soak`. Error plays of the packs, which have to hurt somebody too, stand in
[error-plays.md](error-plays.md). What was chosen as well and does not fail stands at the [end](#chosen-and-not-failed).
"""

NOT_FAILED = {
    "FiO2 left as it was when the sweep goes off, `circuit_gas/va_gas_after_membrane`": (
        "points. In the drills on VV, where the lungs alone then give oxygen, it fails"
    ),
    "Both lines opened and the knob turned up in the same moment, `pump_head_failure/va_flow_lost`": (
        "points: the rotor is at speed before anything has run back. A second between them, and it fails"
    ),
    "The drainage line pinched for two seconds with the pump turning": "a dip of flow: too short for harm by suction",
    "The drainage line clamped first once a bubble stop has stopped the pump": "nothing: a pump that stands sucks nothing",
    "MAP not raised after massive gas": "nothing where it has come back by itself above the limit",
    "The roller turned gently against a clamp, `pump_head_failure/cpb_roller_runaway`": (
        "nothing: the pressure stays in its limits. In `cpb_bubble_stop` and `cpb_series_change` it fails"
    ),
    "The chest drained without ultrasound, `do_not_stop/vv_flow_falls` with a pneumothorax": (
        "points. In a collapse, after a look at the patient, signs have to do; a chest drained for a cough fails"
    ),
    "A call-out that is not true": "it does not count, and costs nothing else",
}


def main() -> None:
    """Print the page."""
    print("\n".join(page()))  # noqa: T201  the page goes to the standard output


def page() -> Iterator[str]:
    """Yield the page's lines."""
    yield HEAD
    wrong, right = _plays("errors"), _plays("right")
    for ref in dict.fromkeys([*wrong, *right]):
        yield from (f"## `{ref}`", "", "| error | loses | on |", "|---|---|---|")
        titles = _titles(ref)
        yield from (f"| {text} | {titles[play['loses']]} | {_causes(play)} |" for text, play in wrong.get(ref, ()))
        yield ""
        if ref in right:
            yield "Another right way passes: " + "; ".join(f"{_lower(text)} ({_causes(play)})" for text, play in right[ref]) + "."
            yield ""
    yield from ("## Chosen, and not failed", "", "| what was chosen | what it comes to |", "|---|---|")
    yield from (f"| {text} | {comes_to} |" for text, comes_to in NOT_FAILED.items())


def _plays(folder: str) -> dict[str, list[tuple[str, dict[str, Any]]]]:
    """Return the plays of a folder by scenario: what the first line says of each, and the play."""
    found: dict[str, list[tuple[str, dict[str, Any]]]] = {}
    for path in sorted((ROOT / "tests/robots" / folder).glob("*.yaml")):
        text = path.read_text(encoding="utf-8")
        play = yaml.safe_load(text)
        said = text.splitlines()[0].removeprefix("# ").removesuffix(".")
        found.setdefault(f"{path.stem.partition('__')[0]}/{play['scenario']}", []).append((said, play))
    return dict(sorted(found.items()))


def _titles(ref: str) -> dict[str, str]:
    rubric = load_scenario(ref, roots=[ROOT / "scenario_packs"]).scenario.rubric
    if rubric is None:
        return {}
    return {**{step.id: step.title for step in rubric.steps}, **{wrong.id: wrong.title for wrong in rubric.wrong}}


def _causes(play: dict[str, Any]) -> str:
    return ", ".join(cause.replace("_", " ") for cause in play.get("causes") or ["all causes"])


def _lower(text: str) -> str:
    return text if text[1:2].isupper() else text[0].lower() + text[1:]


if __name__ == "__main__":
    main()
