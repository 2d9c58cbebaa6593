"""Every rule by its id: those that are declared, and those that contracts give."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from expectations import registry
from expectations.generated.relations_of_contract import relations_of
from expectations.generated.rules_of_contract import gate_of, rules_of
from expectations.rules.rule import Rule
from health_warehouse.feeds.contract import Contract


def all_rules(contracts: Mapping[str, Contract]) -> Mapping[str, Rule]:
    """Declared rules first, then feed by feed."""
    found = {rule.id: rule for rule in registry.ALL}
    for contract in contracts.values():
        found |= {rule.id: rule for rule in rules_of_feed(contract, contracts)}
    return found


def rules_of_feed(contract: Contract, contracts: Mapping[str, Contract]) -> Iterator[Rule]:
    """What a contract gives: at the door, then beside other feeds. None for a feed whose rules are
    written by hand."""
    if contract.feed in registry.LANDING_BY_FEED:
        return
    yield gate_of(contract)
    yield from rules_of(contract)
    yield from relations_of(contract, contracts)
