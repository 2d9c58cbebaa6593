"""Rules that look at several lists: which of them a build must judge anew."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from sqlalchemy import Connection, text

from expectations import registry
from expectations.generated.relations_of_contract import relations_of
from expectations.rules.rule import Rule
from health_warehouse.feeds.contract import Contract

_CHANGED = text(
    "select distinct feed from ops.document_changes where change_id > :after and change_id <= :to"
)


def relations_of_feeds(
    connection: Connection,
    contracts: Mapping[str, Contract],
    *,
    after: int,
    to: int,
    is_full: bool,
) -> tuple[Rule, ...]:
    """The rules of feeds that changed in a stretch of the log, or that name one which did.

    What they find follows from what counts of both feeds, so the others find what they found.
    """
    values = {"after": after, "to": to}
    changed = set(contracts) if is_full else set(connection.execute(_CHANGED, values).scalars())
    by_hand = (one.rule for one in registry.OF_LISTS if one.every_build or changed & one.feeds)
    return (*by_hand, *_of_contracts(contracts, changed))


def _of_contracts(contracts: Mapping[str, Contract], changed: set[str]) -> Iterator[Rule]:
    return (
        rule
        for contract in contracts.values()
        for rule in relations_of(contract, contracts)
        if changed & _looked_at(contract, rule)
    )


def _looked_at(contract: Contract, rule: Rule) -> set[str]:
    named = {
        feed
        for asked in contract.rules
        if asked.names is not None and rule.id == f"{contract.feed}.{asked.name}"
        for feed in asked.names.in_feeds
    }
    return {contract.feed} | named
