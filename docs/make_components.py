"""Print docs/components.md from the component modules and the stock devices: `make docs`."""

import inspect
import sys
from collections.abc import Iterator
from pathlib import Path

import yaml

from drill.circuit.components import COMPONENTS
from drill.circuit.components.base import Component

ROOT = Path(__file__).resolve().parent.parent


def main() -> None:
    """Print the page."""
    print("\n".join(page()))  # noqa: T201  the page goes to the standard output


def page() -> Iterator[str]:
    """Yield the page's lines."""
    yield "# Components"
    yield ""
    yield "What the machine is made of: one kind of device, one module in `drill/circuit/components`. Made from the code by `make docs`."
    yield "A new one: [adding-a-component.md](adding-a-component.md). SIMULATION · TRAINING ONLY."
    devices = [
        d for f in sorted((ROOT / "scenario_packs/base/devices").glob("*.yaml")) for d in yaml.safe_load(f.read_text("utf-8"))["devices"]
    ]
    for component in COMPONENTS.values():
        yield from one(component, [d for d in devices if d["kind"] == component.kind])


def one(component: Component, devices: list[dict[str, object]]) -> Iterator[str]:
    """Yield one component's section: meaning, numbers, equations, stock devices, worked cases."""
    module = sys.modules[component.build.__module__]
    yield from ("", f"## {component.title} (`{component.kind}`)", "")
    yield (module.__doc__ or "").strip()
    yield from ("", "| number | unit | meaning | source |", "|---|---|---|---|")
    for p in component.params:
        yield f"| `{p.name}` | {p.unit} | {p.meaning} | {p.source} |"
    for law in component.laws:
        yield from ("", f"`{law.__name__}`", "", "```", (inspect.getdoc(law) or "").strip(), "```")
    if devices:
        yield from ("", "Stock devices, with their numbers:", "")
    for device in devices:
        params = device["params"]
        numbers = ", ".join(f"{k} {v:g}" for k, v in params.items()) if isinstance(params, dict) else ""
        yield f"- `{device['id']}`: {device['title']}; {numbers}. Source: {device['source']}."
    yield from ("", f"Worked cases: {component.worked}")


if __name__ == "__main__":
    main()
