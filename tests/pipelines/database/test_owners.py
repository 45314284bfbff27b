"""Who gives rights and to whom: owners of a database, of its schemas or of neither; logins that may be changed."""

from __future__ import annotations

import secrets
from typing import TYPE_CHECKING

import pytest
from support.database_rights import rows

from pipelines.database.connections import Connection, transaction
from pipelines.database.roles import CRAWLER, READER, grant_rights, make_owner, make_roles, shut_out
from pipelines.database.statements import query

if TYPE_CHECKING:
    from collections.abc import Iterator


@pytest.fixture
def nobody(database: Connection) -> Iterator[str]:
    """A role of the server that may do nothing, and what it owns when the test ends."""
    name = f"siapa_{secrets.token_hex(4)}"
    rows(database, f"create role {name}; select 1")
    yield name
    rows(database, f"reassign owned by {name} to current_user; drop owned by {name}; select 1")


def may(database: Connection, role: str) -> list[bool]:
    """Whether a role may connect to the database, and make temporary tables there."""
    asked = ", ".join(f"has_database_privilege(%s, current_database(), '{each}')" for each in ("connect", "temporary"))
    return list(rows(database, f"select {asked}", role, role)[0])


def test_a_database_that_is_shut_lets_in_those_who_have_a_role_and_nobody_else(
    database: Connection, nobody: str
) -> None:
    assert may(database, nobody) == [True, True], "PostgreSQL's default"
    shut_out(database)
    rows(database, "do $$ begin execute format('revoke connect, temporary on database %%I from news_reader,"
         " lumbung_crawler', current_database()); end $$; select 1")  # fmt: skip
    assert [may(database, role) for role in (nobody, READER, CRAWLER)] == [[False, False]] * 3
    grant_rights(database)
    assert [may(database, role) for role in (nobody, READER, CRAWLER)] == [[False, False], [True, False], [True, True]]


def test_an_owner_of_the_schemas_alone_gives_the_rights_that_are_its_own(database: Connection, nobody: str) -> None:
    rows(database, f"alter schema lumbung owner to {nobody}; select 1")
    with transaction(database) as cursor:
        cursor.execute(f"set local role {nobody}")
        cursor.execute(query("owns_schemas"))
        assert cursor.fetchone() == (False,), "one of two"
    with transaction(database) as cursor:
        cursor.execute(f"alter schema news owner to {nobody}")
        cursor.execute(f"set local role {nobody}")
        cursor.execute(query("owns_schemas"))
        assert cursor.fetchone() == (True,)
        cursor.execute(query("let_in"))  # refused to whoever does not own the database: it is not even asked for


RIGHTS = """
select 'schema', n.nspname, array(select each from unnest(array['usage', 'create']) each
    where has_schema_privilege(%(role)s, n.oid, each))
from pg_namespace n where n.nspname in ('lumbung', 'news')
union all
select 'function', p.oid::regprocedure::text,
    array(select 'execute' where has_function_privilege(%(role)s, p.oid, 'execute'))
from pg_proc p where p.pronamespace in ('lumbung'::regnamespace, 'news'::regnamespace)
union all
select 'sequence', c.relname, array(select each from unnest(array['usage', 'select', 'update']) each
    where has_sequence_privilege(%(role)s, c.oid, each))
from pg_class c where c.relkind = 'S' and c.relnamespace = 'lumbung'::regnamespace
union all
select 'relation', c.oid::regclass::text, array(
    select each from unnest(array['select', 'insert', 'update', 'delete', 'truncate', 'references', 'trigger']) each
    where has_table_privilege(%(role)s, c.oid, each))
from pg_class c
where c.relkind in ('r', 'p', 'v') and c.relnamespace in ('lumbung'::regnamespace, 'news'::regnamespace,
    'public'::regnamespace)
order by 1, 2
"""
NOTHING = """
do $$
declare
    role text;
begin
    foreach role in array array['public', 'lumbung_crawler', 'news_reader'] loop
        execute format('revoke all on schema lumbung, news from %s', role);
        execute format('revoke all on all tables in schema lumbung, news, public from %s', role);
        execute format('revoke all on all sequences in schema lumbung from %s', role);
        execute format('revoke all on all functions in schema lumbung, news from %s', role);
        execute format('alter default privileges in schema news revoke all on tables from %s', role);
        execute format('alter default privileges in schema lumbung revoke all on tables from %s', role);
        execute format('alter default privileges in schema lumbung revoke all on sequences from %s', role);
    end loop;
end
$$
"""
"""As on a server whose administrator trusts nobody, PUBLIC least."""


def test_a_migration_gives_each_role_all_it_needs_whatever_was_taken_from_it_and_from_everybody(
    database: Connection,
) -> None:
    def rights(role: str) -> list[tuple[str, str, list[str]]]:
        with transaction(database) as cursor:
            cursor.execute(RIGHTS, {"role": role})
            return cursor.fetchall()

    def made_later(role: str) -> list[tuple[str, str, list[str]]]:
        with transaction(database) as cursor:
            cursor.execute("create table lumbung.later (n bigserial); create view news.later as select 1 as one")
            cursor.execute(RIGHTS, {"role": role})
            found = [row for row in cursor.fetchall() if "later" in row[1]]
            database.rollback()
        return found

    roles = (CRAWLER, READER)
    before = {role: (rights(role), made_later(role)) for role in roles}
    with transaction(database) as cursor:
        cursor.execute(NOTHING)
    for role in roles:
        assert {name for _, name, some in rights(role) if some} == set()
        assert {name for _, name, some in made_later(role) if some} == set()
    grant_rights(database)
    assert {role: (rights(role), made_later(role)) for role in roles} == before
    grant_rights(database)
    assert {role: (rights(role), made_later(role)) for role in roles} == before, "a second one changes nothing"


def test_no_rights_are_given_in_a_database_without_both_schemas(database: Connection) -> None:
    rows(database, "drop schema news cascade; select 1")
    grant_rights(database)
    with transaction(database) as cursor:
        cursor.execute(query("owns_schemas"))
        assert cursor.fetchone() == (False,)


def test_the_roles_there_are_need_not_be_made_and_those_missing_are_told_in_order(database: Connection) -> None:
    assert make_roles(database) == []
    with transaction(database) as cursor:
        cursor.execute(query("missing_roles"), {"roles": [CRAWLER, "zeta_missing", "alpha_missing", READER]})
        assert cursor.fetchall() == [("alpha_missing",), ("zeta_missing",)]


def test_only_a_plain_login_of_the_role_may_be_given_a_new_password(database: Connection) -> None:
    mark = secrets.token_hex(4)
    kinds = {"plain": "login", "super": "login superuser", "maker": "login createrole", "group": "nologin"}
    for kind, can in kinds.items():
        rows(database, f"create role {kind}_{mark} {can}; grant {READER} to {kind}_{mark}; select 1")
    rows(database, f"create role outsider_{mark} login; grant {CRAWLER} to outsider_{mark}; select 1")
    asked = dict.fromkeys([*kinds, "outsider", "unknown"], READER)
    found = {}
    for kind, role in asked.items():
        with transaction(database) as cursor:
            cursor.execute(query("known_login"), {"name": f"{kind}_{mark}", "role": role})
            found[kind] = cursor.fetchone()
    with transaction(database) as cursor:
        cursor.execute(f"set local role plain_{mark}")
        cursor.execute(query("known_login"), {"name": f"plain_{mark}", "role": READER})
        found["itself"] = cursor.fetchone()
    yes, no = (True,), (False,)
    assert found == {
        "plain": yes, "super": no, "maker": no, "group": no, "outsider": no, "unknown": None, "itself": no,
    }  # fmt: skip
    rows(database, "; ".join(f"drop role {kind}_{mark}" for kind in [*kinds, "outsider"]) + "; select 1")


OWNED = """
create table public.list (n serial primary key, i int generated always as identity)
create table public.parts (n int) partition by list (n)
create sequence public.numbers
create view public.seen as select * from public.list
create materialized view public.kept as select * from public.list
create type public.mood as enum ('good')
create table lumbung.beside ()
create sequence lumbung.beside_numbers
create type lumbung.beside_mood as enum ('good')
""".strip().splitlines()


def test_an_owner_owns_the_database_and_all_that_lies_in_public_and_nothing_beside(
    database: Connection, nobody: str
) -> None:
    for statement in OWNED:
        rows(database, f"{statement}; select 1")
    make_owner(database, nobody, "rahasia")
    owned = """
        select relname::text from pg_class where relowner = %s::regrole and relkind in ('r', 'p', 'v', 'm', 'S')
        union all select typname::text from pg_type where typowner = %s::regrole and typtype = 'e'
        union all select 'database' from pg_database where datname = current_database() and datdba = %s::regrole"""
    found = {name for (name,) in rows(database, owned, *[nobody] * 3)}
    assert found == {
        "database", "list", "list_n_seq", "list_i_seq", "parts", "numbers", "seen", "kept", "mood", "lumbung_migration",
    }  # fmt: skip
    with transaction(database) as cursor:
        cursor.execute(query("changes_of_owner"), {"role": nobody})
        assert len(cursor.fetchall()) == 1, "of what is its own already nothing is changed"
