"""The JSON schema of a contract: for editors, for `shape`, and for the reference of keys."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from functools import cache
from pathlib import Path
from typing import Any

PATH = Path(__file__).with_name("contract.schema.json")
OVERRIDE_PATH = Path(__file__).with_name("override.schema.json")
Schema = Mapping[str, Any]


@cache
def contract_schema() -> Schema:
    """Of a whole contract."""
    read: Schema = json.loads(PATH.read_text(encoding="utf-8"))
    return read


def override_schema() -> Schema:
    """Of a file that changes single keys of a contract of ours: the same, and all is optional."""
    schema: dict[str, Any] = _without_required(contract_schema())
    schema["title"] = "Keys of a built-in contract that a province has otherwise"
    schema["description"] = (
        "Written from contract.schema.json. All is optional here; what is not named stays ours."
    )
    return schema


def override_text() -> str:
    """What override.schema.json holds."""
    return json.dumps(override_schema(), ensure_ascii=False, indent=1) + "\n"


def resolved(part: Schema) -> Schema:
    """A part with what its `$ref` names; what stands beside that wins."""
    if "$ref" not in part:
        return part
    name = part["$ref"].removeprefix("#/$defs/")
    return {**contract_schema()["$defs"][name], **part}


def validator(schema: Schema | None = None) -> Any:
    """A validator of jsonschema, in which `$` is the end of a text and not a line end before it; of
    contracts, or of what has another schema, without `$ref`."""
    return _validator()(contract_schema() if schema is None else schema)


@cache
def _validator() -> Any:
    from jsonschema import Draft202012Validator, ValidationError, validators

    def pattern(_: Any, wanted: str, instance: Any, __: Any) -> Iterator[ValidationError]:
        if isinstance(instance, str) and not re.search(re.sub(r"\$$", r"\\Z", wanted), instance):
            yield ValidationError("does not match")

    extend: Any = validators.extend
    return extend(Draft202012Validator, {"pattern": pattern})


def _without_required(part: Any) -> Any:
    if isinstance(part, list):
        return [_without_required(item) for item in part]
    if not isinstance(part, Mapping):
        return part
    is_schema = "type" in part or "properties" in part
    return {
        key: _without_required(value)
        for key, value in part.items()
        if not (is_schema and key == "required" and isinstance(value, list))
    }
