"""Row security of the tables of `marts` and of the closed store: made with the table, renewed when
its rule changes, verified before each publication and roll-back.

The publisher sees and writes every row by a policy of its own, for row security is forced on the
owner, too. Every role that roles.yml lets read a mart has one policy for its rows. A policy's
comment says which rule it was made from and how Postgres read it back, so that a policy that
somebody changed is told from one that an older version of the rule left.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from hashlib import md5

from psycopg import sql

from health_warehouse.database.rights import readers_of
from health_warehouse.database.roles import role_name
from health_warehouse.errors import ConfigurationError
from health_warehouse.marts.contracts import MartContract, split_name
from health_warehouse.release.catalogue import Policy, Table, read_mart, read_marts
from health_warehouse.release.row_security import Audience, audiences
from health_warehouse.release.statements import mart_table
from health_warehouse.release.transaction import ReleaseCursor, fetch_row
from health_warehouse.settings import Settings

_OWN_POLICY = "publisher_all"
_COMMENT = re.compile(r"Rule ([0-9a-f]{32}); Postgres ([0-9]+) reads it as ([0-9a-f]{32})\.")


@dataclass(frozen=True)
class Renewal:
    """The policy of an audience that was made from an older rule, or is not there yet."""

    mart: str
    audience: Audience


def shut(cursor: ReleaseCursor, settings: Settings, name: str) -> None:
    """Switch on row security of a new table, for its owner too, and let only the publisher in."""
    for statement in (
        "alter table {table} enable row level security",
        "alter table {table} force row level security",
        "create policy {policy} on {table} to {publisher} using (true) with check (true)",
    ):
        cursor.execute(
            sql.SQL(statement).format(
                table=mart_table(name),
                policy=sql.Identifier(_OWN_POLICY),
                publisher=sql.Identifier(role_name(settings, "publisher")),
            )
        )


def admit(cursor: ReleaseCursor, mart: str, audience: Audience) -> None:
    """Let an audience read its rows. The marts that its condition names must be there."""
    policy, reader = sql.Identifier(_policy_name(audience.role)), sql.Identifier(audience.role)
    table = mart_table(mart)
    for statement in (
        sql.SQL("drop policy if exists {} on {}").format(policy, table),
        sql.SQL("create policy {} on {} for select to {} using ({})").format(
            policy, table, reader, audience.condition
        ),
        sql.SQL("grant select on {} to {}").format(table, reader),
    ):
        cursor.execute(statement)
    made = _policy(_existing(cursor, mart), audience.role)
    if made is None:
        raise ConfigurationError(f"{_place(mart)}: the policy for {audience.role} is not there")
    cursor.execute(
        sql.SQL("comment on policy {} on {} is {}").format(
            policy, table, sql.Literal(_comment(cursor, audience, made))
        )
    )


def renewals(
    cursor: ReleaseCursor, settings: Settings, contracts: Sequence[MartContract]
) -> list[Renewal]:
    """Policies of published marts that were made from another rule than the present one."""
    found = []
    tables = read_marts(cursor, [contract.name for contract in contracts])
    for contract in contracts:
        table = tables.get(contract.name)
        if table is None:
            continue
        for audience in audiences(settings, contract):
            policy = _policy(table, audience.role)
            said = _COMMENT.search(policy.comment) if policy else None
            if policy and (said is None or said[1] != _digest(_text(cursor, audience))):
                found.append(Renewal(contract.name, audience))
    return found


def verify(cursor: ReleaseCursor, settings: Settings, names: Sequence[str]) -> None:
    """Refuse to publish into tables whose protection is not what `shut` and `admit` made.

    A publisher that a policy shuts out deletes 0 rows without an error, a reader without a policy
    sees none, and one whose policy was loosened sees too much. Such a change was made by a person,
    so a person must settle it. Raises ConfigurationError that names every difference.
    """
    problems: list[str] = []
    for name, table in read_marts(cursor, names).items():
        if not (table.has_row_security and table.is_row_security_forced):
            problems.append(f"{_place(name)}: row security is not enabled and forced")
        problems += _problems_of_publisher(table, name, role_name(settings, "publisher"))
        for role in readers_of(*split_name(name)):
            problems += _problems_of_reader(cursor, table, name, role_name(settings, role.name))
    if problems:
        raise ConfigurationError(
            "nothing was published, the protection of the marts was changed by hand: "
            + "; ".join(problems)
        )


def _problems_of_publisher(table: Table, name: str, publisher: str) -> list[str]:
    problems = []
    everything = [
        policy
        for policy in table.policies
        if policy.is_permissive
        and policy.command == "*"
        and publisher in policy.roles
        and policy.using == "true"
        and policy.check in ("true", None)
    ]
    if not everything:
        problems.append(f"{_place(name)}: no policy lets {publisher} see and write every row")
    for policy in table.policies:
        if not policy.is_permissive and policy.roles & {publisher, "public"}:
            problems.append(f"{_place(name)}: policy {policy.name} hides rows from {publisher}")
    return problems


def _problems_of_reader(cursor: ReleaseCursor, table: Table, name: str, reader: str) -> list[str]:
    problems = []
    policy = _policy(table, reader)
    if policy is None or reader not in policy.roles:
        problems.append(f"{_place(name)}: no policy for {reader}")
    else:
        said = _COMMENT.search(policy.comment)
        is_same_server = said is not None and said[2] == _server(cursor)
        if said is None or (is_same_server and said[3] != _digest(policy.using or "")):
            problems.append(f"{_place(name)}: policy {policy.name} is not as it was made")
    for other in table.policies:
        if other != policy and other.is_permissive and other.roles & {reader, "public"}:
            problems.append(f"{_place(name)}: policy {other.name} shows more rows to {reader}")
    if not _may_select(cursor, reader, name):
        problems.append(f"{_place(name)}: {reader} has no grant to select")
    return problems


def _place(name: str) -> str:
    return ".".join(split_name(name))


def _policy_name(role: str) -> str:
    return f"{role}_select"


def _policy(table: Table, role: str) -> Policy | None:
    named = [policy for policy in table.policies if policy.name == _policy_name(role)]
    return named[0] if named else None


def _comment(cursor: ReleaseCursor, audience: Audience, made: Policy) -> str:
    """`Postgres <major>`: another one may write the same condition in other words."""
    rule, read_back = _digest(_text(cursor, audience)), _digest(made.using or "")
    return f"Rule {rule}; Postgres {_server(cursor)} reads it as {read_back}."


def _text(cursor: ReleaseCursor, audience: Audience) -> str:
    return audience.condition.as_string(cursor)


def _digest(content: str) -> str:
    return md5(content.encode(), usedforsecurity=False).hexdigest()


def _server(cursor: ReleaseCursor) -> str:
    return str(cursor.connection.info.server_version // 10000)


def _existing(cursor: ReleaseCursor, name: str) -> Table:
    table = read_mart(cursor, name)
    if table is None:
        raise ConfigurationError(f"{_place(name)} does not exist")
    return table


def _may_select(cursor: ReleaseCursor, role: str, name: str) -> bool:
    table = mart_table(name).as_string(cursor)
    query = "select has_table_privilege(%s, %s, 'select') as may"
    return bool(fetch_row(cursor, query, [role, table]).may)
