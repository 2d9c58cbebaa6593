"""docs/contract_keys.md: every key of a contract, from the JSON schema."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from health_warehouse.feeds.schema import Schema, contract_schema, resolved

_HEAD = """\
# Keys of a contract

<!-- Written by scripts/write_data_pages.py from the JSON schema; a test fails when it is stale. -->

What each key says, how it is written, and what holds without it. How a contract is made:
[feeds](feeds.md). In a file that changes single keys of a feed of ours nothing is asked for."""
_PARTS = {
    "columns.…": ("A column", "column"),
    "tables.…": ("A table of several", "table"),
    "expect": ("What is owed", "expect"),
    "refuse": ("What refuses a delivery", "refuse"),
    "replacement": ("What a version replaces", "replacement"),
    "identity": ("Whom a row names", "identity"),
    "closed": ("What may be closed", "closed"),
    "sender": ("Who sent it", "sender"),
    "as_of": ("The day of a list", "as_of"),
}


_TYPES = {
    "boolean": "`true`, `false`",
    "integer": "a whole number",
    "number": "a number",
    "string": "a text",
    "object": "`name: text`",
}


def page() -> str:
    """The page as it should be."""
    schema = contract_schema()
    lines = [_HEAD, *_table("The feed", "", schema)]
    for place, (title, name) in _PARTS.items():
        part = schema["$defs"][name]
        lines += _table(title, place, part.get("items", part))
    return "\n".join(lines) + "\n"


def _table(title: str, place: str, part: Schema) -> Iterator[str]:
    yield f"\n## {title}\n"
    if place:
        said = part["description"]
        yield f"Under `{place}`: {said if '`' in said else f'`{said}`'}.\n"
    yield "| key | written as | without it | what it says |"
    yield "|---|---|---|---|"
    for key, written in part["properties"].items():
        keys = resolved(written)
        cells = (
            f"`{key}`",
            _form(written),
            _without(key, keys, part),
            keys["description"] + _example(written),
        )
        yield "| " + " | ".join(cell.replace("|", "\\|") for cell in cells) + " |"


def _form(written: Schema) -> str:
    keys = resolved(written)
    if "enum" in keys:
        return ", ".join(f"`{one}`" for one in keys["enum"])
    if "$ref" in written:
        name = written["$ref"].removeprefix("#/$defs/")
        said: str = contract_schema()["$defs"][name]["description"]
        return f"`{said}`" if said.startswith(("{", "name:")) and "`" not in said else said
    if keys["type"] == "array":
        named = [f"`{one}`" for one in keys["items"].get("enum", ())]
        return f"a list of {', '.join(named)}" if named else "a list"
    return _TYPES[keys["type"]]


def _without(key: str, keys: Schema, part: Schema) -> str:
    if key in part.get("required", ()):
        return "**must be said**"
    default: Any = keys.get("default")
    if default is None:
        return ""
    if isinstance(default, bool):
        return f"`{str(default).lower()}`"
    return f"`[{', '.join(default)}]`" if isinstance(default, list) else f"`{default}`"


def _example(keys: Schema) -> str:
    if "examples" not in keys:
        return ""
    example = keys["examples"][0]
    if isinstance(example, dict):
        example = "{" + ", ".join(f"{name}: {to}" for name, to in example.items()) + "}"
    elif isinstance(example, list):
        example = "[" + ", ".join(f'"{one}"' for one in example) + "]"
    return f" Example: `{example}`."
