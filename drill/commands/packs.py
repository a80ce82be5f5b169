"""Commands for those who write packs."""

from pathlib import Path

import click

from drill.commands.common import SCENARIO, Finding, NewFile, cause_option, json_option, print_json


@click.command()
@click.argument("paths", metavar="PATH...", nargs=-1, required=True, type=click.Path(exists=True, path_type=Path))
def check(paths: tuple[Path, ...]) -> None:
    """Check packs and name every problem with its place."""
    from drill.records.home import pack_roots
    from drill.scenarios.catalogue import check_path
    from drill.scenarios.diagnostics import errors_in, in_order

    problems = in_order(problem for path in paths for problem in check_path(path, roots=pack_roots()))
    for problem in problems:
        click.echo(problem)
    errors = len(errors_in(problems))
    if errors:
        raise Finding(f"{errors} error{'s' if errors > 1 else ''}")
    click.echo("nothing wrong" if not problems else "warnings only")


@click.command()
@click.argument("scenario", type=SCENARIO)
@click.option("-o", "--out", type=NewFile(), required=True, help="The .svg or .mmd file to write.")
def graph(scenario: str, out: Path) -> None:
    """Draw a scenario's stages: SVG to look at, or Mermaid text to paste."""
    from drill.records.home import pack_roots
    from drill.scenarios.graph import mermaid, svg
    from drill.scenarios.load import load_scenario

    drawings = {".svg": svg, ".mmd": mermaid}
    if out.suffix not in drawings:
        raise click.BadParameter(f"'{out.name}' is neither .svg nor .mmd", param_hint="-o")
    text = drawings[out.suffix](load_scenario(scenario, roots=pack_roots()).scenario)
    write(out, text)
    click.echo(out)


@click.command()
@click.argument("scenario", type=SCENARIO)
@click.option("-o", "--out", type=NewFile(), required=True, help="The HTML file to write.")
@cause_option
def sheet(scenario: str, out: Path, cause: str | None) -> None:
    """Write a facilitator's guide: one page to print for each hidden cause. It names the causes."""
    from drill.errors import NameUnknownError
    from drill.records.home import pack_roots
    from drill.reports.guide import render_guide
    from drill.scenarios.load import load_scenario

    loaded = load_scenario(scenario, roots=pack_roots())
    known = [one.id for one in loaded.scenario.causes]
    if cause is not None and cause not in known:
        raise NameUnknownError("cause", cause, known)
    write(out, render_guide(loaded.scenario, loaded.tasks, cause))
    click.echo(out)


@click.command()
@click.argument("folder", metavar="DIR", type=click.Path(path_type=Path))
def new(folder: Path) -> None:
    """Begin a pack: a commented scenario with its plays that passes the check, and the schemas for your editor."""
    from drill.records.home import assets_root
    from drill.records.packs import new_pack
    from drill.scenarios.jsonschema import schema_files

    try:
        written = new_pack(assets_root() / "pack_template", folder, schema_files())
    except OSError as error:
        raise click.BadParameter(f"{folder} cannot be written ({error.strerror})", param_hint="DIR") from error
    for path in written:
        if path.suffix == ".yaml":
            click.echo(path)
    name = folder.absolute().name
    click.echo(f"Next: drill check {folder}   then, beside it: drill run {name}/first_case --robot expert")


@click.group()
def pack() -> None:
    """Build a pack into one file, install or remove one, list those that are there."""


@pack.command("build")
@click.argument("folder", metavar="DIR", type=click.Path(exists=True, file_okay=False, path_type=Path))
@click.option("-o", "--out", type=NewFile(), help="The file to write; ID-VERSION.drillpack if not given.")
def build(folder: Path, out: Path | None) -> None:
    """Check a pack and write it as one file with a digest."""
    from drill.records.home import pack_roots
    from drill.records.packs import build as build_pack

    target, made = build_pack(folder, out, pack_roots())
    click.echo(f"{target}\n{made.id} {made.version}, {len(made.files)} files\ndigest {made.digest}")


@pack.command("install")
@click.argument("archive", metavar="FILE", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--replace", is_flag=True, help="Put it in the place of a version that is there.")
@click.option("--digest", default="", metavar="HEX", help="Refuse the file unless its digest begins so (8 digits or more).")
def install(archive: Path, digest: str, *, replace: bool) -> None:
    """Install a pack's file for this user, if it is whole and passes the check."""
    from drill.records.packs import install as install_pack

    target, made = install_pack(archive, replace=replace, digest=digest)
    click.echo(f"{target}\n{made.id} {made.version}, digest {made.digest}")


@pack.command("remove")
@click.argument("name")
def remove(name: str) -> None:
    """Take away a pack that this user has installed."""
    from drill.records.packs import remove as remove_pack

    place, gone = remove_pack(name)
    click.echo(f"removed {gone.id} {gone.version}, digest {gone.digest}\n{place}")


@pack.command("list")
@json_option
def list_packs(*, as_json: bool) -> None:
    """List the packs that are found, with their digest and where they are from."""
    from drill.records.home import pack_roots
    from drill.records.packs import listed

    found = listed(pack_roots())
    if as_json:
        names = ("id", "version", "title", "scenarios", "digest", "state")
        print_json({"packs": [{**{name: getattr(one, name) for name in names}, "place": str(one.place)} for one in found]})
        return
    for one in found:
        state = "hidden by the one above" if one.state == "hidden" else one.state
        click.echo(f"{one.id} {one.version}  {state}\n    {one.title} · scenarios: {one.scenarios} · digest {one.digest[:12]}")
        click.echo(f"    {one.place}")


def write(out: Path, text: str) -> None:
    """Write a text. Raises BadParameter where that cannot be done."""
    try:
        out.write_text(text, encoding="utf-8")
    except OSError as error:
        raise click.BadParameter(f"{out} cannot be written ({error.strerror})", param_hint="-o") from error
