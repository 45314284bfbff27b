"""`lumbung migrate` and `lumbung login`: the database's schema and logins, from the shell."""

from __future__ import annotations

import click

from pipelines.command_line import DatabaseUrl, examples


@click.command()
@click.pass_obj
def migrate(database_url: DatabaseUrl) -> None:
    """Bring the schema of the database to this version, and the rights of its roles; a second call changes nothing.

    Runs as the owner: DATABASE_OWNER_URL where it names the same database as DATABASE_URL, else DATABASE_URL.
    """
    from pipelines.database.administration import migrate as apply

    apply(database_url(), click.echo)


@click.command(
    epilog=examples(
        "lumbung login mira                           # reads schema news; prints a password made for it",
        "lumbung login dbt_mira --role analyst        # reads schema news and owns a schema dbt_mira, for dbt",
        "LUMBUNG_PASSWORD=... lumbung login harvest --role crawler",
    )
)
@click.argument("name")
@click.option("--role", type=click.Choice(["reader", "analyst", "crawler"]), default="reader", show_default=True)
@click.option(
    "--password", envvar="LUMBUNG_PASSWORD", show_envvar=True, help="Best as a variable; by default a new one."
)
@click.pass_obj
def login(database_url: DatabaseUrl, name: str, *, role: str, password: str | None) -> None:
    """Make a login of the database with the rights of a role, or give it another password; print its address.

    A reader selects from schema news, an analyst has a schema of its own name to write into as well, a crawler crawls
    and deduplicates. Runs as the owner, like `migrate`, and needs CREATEROLE.
    """
    from pipelines.database.administration import login as make

    click.echo(make(database_url(), name, role, password))
