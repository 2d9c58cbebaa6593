"""What is exported is a document of the Open Data Contract Standard, by the standard's schema."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import open_data_contract_standard
import pytest
import yaml
from contract_texts import WORKFORCE, read
from jsonschema import Draft201909Validator

from health_warehouse.feeds.catalogue import built_in
from health_warehouse.feeds.contract import Contract
from health_warehouse.feeds.odcs import odcs_yaml

_SCHEMA = Path(open_data_contract_standard.__file__).with_name("schema.json")


def _workforce() -> Contract:
    contract, _ = read(WORKFORCE)
    assert contract is not None
    return contract


def _exported(contract: Contract) -> dict[str, Any]:
    document: dict[str, Any] = yaml.safe_load(odcs_yaml(contract))
    return document


def _custom(document: dict[str, Any]) -> dict[str, Any]:
    return {one["property"]: one["value"] for one in document["customProperties"]}


@pytest.mark.parametrize(
    "contract", [*built_in().values(), _workforce()], ids=lambda contract: contract.feed
)
def test_the_standards_schema_takes_it(contract: Contract) -> None:
    schema = json.loads(_SCHEMA.read_text(encoding="utf-8"))
    document = _exported(contract)
    assert list(Draft201909Validator(schema).iter_errors(document)) == []
    assert len(document["schema"]) == len(contract.tables)
    for table, told in zip(contract.tables, document["schema"], strict=True):
        assert [one["name"] for one in told["properties"]] == [one.name for one in table.columns]


def test_the_schema_would_tell_a_mistake() -> None:
    schema = json.loads(_SCHEMA.read_text(encoding="utf-8"))
    document = _exported(_workforce())
    document["schema"][0]["properties"][0]["logicalType"] = "varchar"
    assert list(Draft201909Validator(schema).iter_errors(document))


def test_what_the_standard_has_words_for_is_said_in_them() -> None:
    document = _exported(_workforce())
    columns = {one["name"]: one for one in document["schema"][0]["properties"]}
    assert columns["licence_number"]["primaryKeyPosition"] == 1
    assert columns["licence_number"]["logicalTypeOptions"] == {"maxLength": 20}
    assert columns["facility_code"]["partitionKeyPosition"] == 1
    assert columns["full_name"]["classification"] == "personal"
    assert columns["beds"]["logicalTypeOptions"] == {"minimum": 0, "maximum": 5000}
    assert columns["sex_code"]["quality"][0]["arguments"] == {"validValues": ["01", "02"]}
    frequency, latency = document["slaProperties"]
    assert (frequency["property"], frequency["unit"]) == ("frequency", "month")
    assert (latency["value"], latency["unit"]) == (5, "working day")


def test_what_it_has_no_words_for_stands_beside() -> None:
    custom = _custom(_exported(_workforce()))
    assert custom["mode"] == "snapshot"
    assert custom["graceDays"] == 3
    assert custom["closed"] == "none"
    assert custom["identity"]["domain"] == "staff"
    assert _custom(_exported(built_in()["check_ins"]))["closed"]["refersTo"] == {"claims": "ma_lk"}


def test_the_version_is_that_of_what_it_says() -> None:
    assert odcs_yaml(_workforce()) == odcs_yaml(_workforce())
    changed, _ = read(WORKFORCE.replace("length: 20", "length: 21"))
    assert changed is not None
    assert _exported(changed)["version"] != _exported(_workforce())["version"]
