"""Commands for those who write packs."""

from pathlib import Path

import click

from drill.commands.common import Finding


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
