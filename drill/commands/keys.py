"""Commands about keys and signatures: who wrote a run, and who has seen it."""

from pathlib import Path
from typing import Any

import click

from drill.commands.common import RUN_FILE, Finding, json_option, print_json


@click.group()
def key() -> None:
    """Keys: this station's, the supervisors', and those that are trusted."""


@key.command("new")
@click.option("--as", "name", metavar="NAME", required=True, help="Whose it is; the name stands in each signature.")
@click.option("--passphrase", "locked", is_flag=True, help="Ask for a passphrase; each signature will ask for it again.")
def new(name: str, *, locked: bool) -> None:
    """Make a supervisor's key on this computer."""
    from drill.records.keys import new_key

    passphrase = click.prompt("Passphrase", hide_input=True, confirmation_prompt=True) if locked else ""
    made, path = new_key(name, passphrase)
    click.echo(f"key of {name}: {path}\npublic key: {made.public}")
    click.echo("Whoever can read this file can sign as you: keep it to yourself, and give away the public key only.")


@key.command("list")
@json_option
def list_(*, as_json: bool) -> None:
    """Show this station's public key, the supervisors who have a key here, and the trusted list."""
    from drill.records.keys import key_names, own_public, trusted_keys

    publics = {name: public for public, name in key_names().items()}
    own, trusted = own_public(), trusted_keys()
    if as_json:
        print_json({"station": own or None, "supervisors": publics, "trusted": trusted})
        return
    click.echo(f"this station: {own or 'no key yet; the first run makes it'}")
    for name, public in publics.items():
        click.echo(f"supervisor {name}: {public}")
    for public, name in trusted.items():
        click.echo(f"trusted {name}: {public}")


@key.command()
@click.argument("public", metavar="PUBLIC_KEY")
@click.option("--as", "name", metavar="NAME", required=True, help="What to call it.")
def trust(public: str, name: str) -> None:
    """Put a station's or supervisor's public key on the trusted list: from then on verify names it."""
    from drill.records.keys import trust as trust_key

    path = trust_key(public.strip().lower(), name)
    click.echo(f"trusted as {name}: {path}")


@click.command()
@click.argument("run_file", metavar="RUN", type=RUN_FILE)
@click.option("--as", "name", metavar="NAME", help="Who signs, by a key of this computer; without it the signatures are shown.")
@click.option("--note", metavar="TEXT", default="", help="Kept and signed with the run.")
@click.option("--rate", "rates", metavar="ITEM=VALUE", multiple=True, help="Rate what only people can judge; may stand several times.")
@json_option
def sign(*, run_file: Path, name: str | None, note: str, rates: tuple[str, ...], as_json: bool) -> None:
    """Sign a run as its supervisor, beside the file and never in it; or show who has."""
    from drill.engine.runlog import digest
    from drill.headless import judge, reload
    from drill.records.keys import is_locked, open_key
    from drill.records.remarks import Signature, sign_run
    from drill.records.store import open_run

    record = open_run(run_file)
    if name is None:
        if note or rates:
            raise click.UsageError("--note and --rate belong to a signature: say whose with --as NAME")
        _show_signatures(run_file, record, as_json=as_json)
        return
    loaded = reload(record)
    ratings = _ratings(rates, loaded.scenario.rubric)
    sheet = judge(record, loaded)
    secret = open_key(name, click.prompt("Passphrase", hide_input=True) if is_locked(name) else "")
    said = sign_run(
        run_file,
        name=name,
        key=secret,
        seal=record.seal,
        digest=digest(record),
        score=None if sheet is None else sheet.score_pct,
        passed=None if sheet is None else sheet.passed,
        note=note,
        ratings=ratings,
    )
    if as_json:
        print_json(said)
    else:
        click.echo(f"{name} has signed {run_file}: {Signature(said, '', name).result}")
    if record.problems:
        raise Finding("signed as it is, and it is not whole: " + "; ".join(record.problems))


def _show_signatures(run_file: Path, record: Any, *, as_json: bool) -> None:
    from drill.records.keys import own_public, station_state, trusted_keys
    from drill.records.remarks import signatures_of
    from drill.records.trainees import printable, shown_code

    signatures = signatures_of(run_file, record.seal)
    rated = _rated(record)
    station = station_state(record.footer, trusted_keys(), own_public())[1]
    if as_json:
        told = [{**one.said, "problem": one.problem} for one in signatures]
        print_json({"station": station, "signatures": told, "rated": {item.id: list(item.scale) for item in rated}})
    else:
        click.echo(f"station: {station}")
        for one in signatures:
            state = f"NOT VALID: it {one.problem}" if one.problem else one.result
            name, utc = (shown_code(str(one.said.get(key))) for key in ("name", "utc"))
            click.echo(f"signed as {name} by {one.whose}, {utc}: {state}")
            for item, value in one.ratings.items():
                click.echo(f"  {shown_code(item)}: {value:g}{_words(rated, item, value)}")
            for line in str(one.said.get("note") or "").splitlines():
                click.echo(f"  note | {printable(line)}")
        if not signatures:
            click.echo("no supervisor has signed it")
        if rated:
            click.echo("for people to rate, apart from the points (drill sign RUN --as NAME --rate ITEM=VALUE):")
        for item in rated:
            click.echo(f"  {item.id}: {item.title} ({', '.join(f'{k} {words}' for k, words in enumerate(item.scale))})")
    if any(one.problem for one in signatures):
        raise Finding("a signature does not fit this run")


def _rated(record: Any) -> tuple[Any, ...]:
    """Return what the run's rubric leaves to people; nothing where its pack cannot be loaded any more."""
    from drill.errors import PackError
    from drill.headless import reload

    try:
        rubric = reload(record).scenario.rubric
    except PackError:
        return ()
    return () if rubric is None else rubric.rated


def _words(rated: tuple[Any, ...], name: str, value: float) -> str:
    scale = next((item.scale for item in rated if item.id == name), ())
    return f" ({scale[int(value)]})" if 0 <= value < len(scale) else ""


def _ratings(rates: tuple[str, ...], rubric: Any) -> dict[str, float]:
    """Read ITEM=VALUE by what the rubric leaves to people. Raises BadParameter with what is allowed."""
    known = {item.id: item for item in rubric.rated} if rubric is not None else {}
    ratings = {}
    for rate in rates:
        name, _, text = rate.partition("=")
        item = known.get(name)
        if item is None:
            allowed = ", ".join(known) or "this scenario has none"
            raise click.BadParameter(f"'{name}' is not rated by people here (allowed: {allowed})", param_hint="--rate")
        if not text.isdecimal() or not 0 <= int(text) < len(item.scale):
            steps = ", ".join(f"{k} {words}" for k, words in enumerate(item.scale))
            raise click.BadParameter(f"'{text}' is not on the scale of {name}: {steps}", param_hint="--rate")
        ratings[name] = float(text)
    return ratings
