"""Make docs/plots.md with its pictures and their numbers (docs/plots/*.svg, docs/plots/data.json): `make docs`.

The same numbers give the same bytes: the pictures carry no date, and their ids come from their names.
"""

import hashlib
import json
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import matplotlib as mpl

mpl.use("svg")
import matplotlib.pyplot as plt

from drill import TRAINING_ONLY
from drill.lab.curves import curves
from drill.lab.validation import Validation
from drill.ui.theme import Theme, load_theme

DOCS = Path(__file__).resolve().parent
FOLDER = DOCS / "plots"
STYLES = ("-", "--", "-.", ":")
MARKS = ("o", "s", "^", "D")


def main() -> None:
    """Compute, draw, write."""
    cases = Validation(DOCS / "plots.yaml")
    FOLDER.mkdir(exist_ok=True)
    data = curves(cases)
    (FOLDER / "data.json").write_text(data_text(data), encoding="utf-8")
    theme = load_theme("colour_safe")
    for plot in cases.plots:
        draw(plot, data[plot["id"]], theme, FOLDER / f"{plot['id']}.svg")
    (DOCS / "plots.md").write_text("\n".join(page(cases.plots)) + "\n", encoding="utf-8")
    sys.stdout.write(f"{len(data)} pictures in {FOLDER}\n")


def data_text(data: dict[str, Any]) -> str:
    """Return the numbers as JSON, one series a line."""
    series = {name: ",\n".join(f"    {json.dumps(one)}" for one in lines) for name, lines in data.items()}
    return "{\n" + ",\n".join(f"  {json.dumps(name)}: [\n{lines}\n  ]" for name, lines in series.items()) + "\n}\n"


def digest(plot: dict[str, Any], series: list[dict[str, Any]]) -> str:
    """Return what a picture was drawn from, as 16 hexadecimal digits."""
    return hashlib.sha256(json.dumps([plot, series], sort_keys=True).encode()).hexdigest()[:16]


def draw(plot: dict[str, Any], series: list[dict[str, Any]], theme: Theme, path: Path) -> None:
    """Draw one picture."""
    colour = {name: mpl.colors.to_hex([part / 255 for part in value]) for name, value in {**theme.colours, **theme.waves}.items()}
    lines = [colour[name] for name in ("spo2", "art", "cvp", "ecg")]
    plt.rcParams.update({"svg.hashsalt": plot["id"], "svg.fonttype": "none", "font.family": "sans-serif", "font.size": 11})
    figure, axes = plt.subplots(figsize=(8.0, 4.5), facecolor=colour["panel"])
    axes.set_facecolor(colour["well"])
    if "band" in plot:
        band = plot["band"]
        axes.axhspan(band["low"], band["high"], color=colour["edge"], zorder=0)
        axes.text(0.02, band["high"], band["label"], color=colour["quiet"], va="top", transform=axes.get_yaxis_transform())
    if "line" in plot:
        axes.axvline(plot["line"]["x"], color=colour["quiet"], linewidth=1, linestyle=":")
        axes.text(plot["line"]["x"], 0.03, f" {plot['line']['label']}", color=colour["quiet"], transform=axes.get_xaxis_transform())
    for k, one in enumerate(series):
        x, y = zip(*one["points"], strict=True)
        mark = None if "trace" in plot else MARKS[k]
        axes.plot(x, y, color=lines[k], linestyle=STYLES[k], marker=mark, markersize=5, linewidth=2, label=one["label"])
    for k, one in enumerate(plot.get("published", ())):
        x, y = zip(*one["points"], strict=True)
        axes.plot(x, y, linestyle="", marker="x+"[k % 2], markersize=9, markeredgewidth=2, color=colour["text"], label=one["label"])
    axes.set_xlabel(plot["trace"][0] if "trace" in plot else plot["x"][1], color=colour["text"])
    axes.set_ylabel(plot["trace"][1] if "trace" in plot else plot["y"][1], color=colour["text"])
    axes.set_title(plot["title"], color=colour["text"], loc="left", fontsize=13)
    axes.grid(color=colour["edge"], linewidth=0.6)
    if axes.get_ylim()[0] < 0 < axes.get_ylim()[1]:
        axes.axhline(0, color=colour["faint"], linewidth=1)
    axes.tick_params(colors=colour["quiet"])
    for side in axes.spines.values():
        side.set_color(colour["edge"])
    axes.legend(facecolor=colour["panel"], edgecolor=colour["edge"], labelcolor=colour["text"], fontsize=10)
    figure.text(0.995, 0.01, TRAINING_ONLY, color=colour["faint"], ha="right", fontsize=8)
    figure.tight_layout()
    figure.savefig(path, metadata={"Date": None, "Title": plot["title"], "Description": f"drawn from {digest(plot, series)}"})
    plt.close(figure)


def page(plots: list[dict[str, Any]]) -> Iterator[str]:
    """Yield the page's lines."""
    yield "# Plots"
    yield ""
    yield f"{TRAINING_ONLY}. How the simulated machine behaves, drawn by `make docs` from the shipped circuits and patients"
    yield "([plots.yaml](plots.yaml) says what is run, [data.json](plots/data.json) holds the numbers). Whether it behaves as published:"
    yield "[validation.md](validation.md). To ask something else: [lab.md](lab.md)."
    for plot in plots:
        yield from ("", f"## {plot['title']}", "", plot["text"], "", f"![{plot['title']}](plots/{plot['id']}.svg)")


if __name__ == "__main__":
    main()
