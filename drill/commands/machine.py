"""Commands about this machine and the simulated one."""

import click

from drill.commands.common import Finding, json_option, print_json


@click.command()
@click.option("--c", "with_c", is_flag=True, help="Also build the kernel as C with the local compiler; compare bits and time.")
@click.option("--all", "every", is_flag=True, help="Every circuit of the packs, not the machines of free play alone.")
@json_option
def bench(*, with_c: bool, every: bool, as_json: bool) -> None:
    """Measure this machine: the physics of each machine, a whole drill, starting, memory. Takes two minutes, with --c more."""
    from drill.headless import DEMONSTRATION
    from drill.lab.bench import bench as measure
    from drill.lab.bench import lines
    from drill.records.home import pack_roots

    found = measure(pack_roots(), DEMONSTRATION, with_c=with_c, every=every)
    if as_json:
        print_json(found)
    else:
        for line in lines(found):
            click.echo(line)
    if not all(one.get("same_bits", True) for one in found["circuits"]):
        raise Finding("The bits differ: runs of this machine cannot be compared with those of others.")


@click.command()
def doctor() -> None:
    """Look at this machine: Python, packages, display, sound, data folder, numba, packs."""
    from drill.doctor import examine

    problems = 0
    for finding in examine():
        problems += finding.state == "problem"
        click.echo(f"{finding.state:8} {finding.name:12} {finding.text}")
    if problems:
        raise Finding(f"{problems} to mend")
