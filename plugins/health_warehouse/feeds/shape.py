"""Whether a contract has the keys and forms of the JSON schema; what has not is told in words."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any

from health_warehouse.feeds.draft import Place
from health_warehouse.feeds.problem import Problem, shown, write_one_of
from health_warehouse.feeds.schema import Schema, resolved, validator
from health_warehouse.feeds.tree import Node

_TYPES = {
    "object": "keys with values, each on a line of its own",
    "array": "a list: [one, two]",
    "string": "a text, in quotes if it looks like a number",
    "integer": "a whole number",
    "number": "a number",
    "boolean": "true or false",
}


def problems_of_shape(
    root: Node, schema: Schema | None = None
) -> tuple[list[Problem], frozenset[Place]]:
    """Everything that does not fit the schema, that of contracts where none is given, each
    once; and the places of values that must not be used."""
    found: set[Problem] = set()
    faults: set[Place] = set()
    for error in validator(schema).iter_errors(root.plain()):
        for place, problem in _problems(root, error):
            found.add(problem)
            faults.add(place)
    return sorted(found), frozenset(faults - {()})


def _problems(root: Node, error: Any) -> Iterator[tuple[Place, Problem]]:
    path = tuple(error.absolute_path)
    if error.validator == "additionalProperties":
        known = list(error.schema["properties"])
        for key in sorted(set(error.instance) - set(known)):
            message = f"nobody reads the key {shown(key)}: {write_one_of(key, known)}"
            yield (*path, key), root.problem(message, *path, key)
    elif error.validator == "required":
        for message in _missing_keys(root, path, error):
            yield (), root.problem(message, *path)
    elif "propertyNames" in error.absolute_schema_path:
        name = error.instance
        is_long = error.validator == "maxLength"
        what = _what(error) if is_long else f"{shown(name)} is no such name"
        message = f"{what}: {_write(error)}"
        yield (*path, name), root.problem(message, *path, name)
    else:
        yield path, root.problem(f"{_named(path)}{_what(error)}: {_write(error)}", *path)


def _missing_keys(root: Node, path: Place, error: Any) -> Iterator[str]:
    is_of_list = (
        isinstance(root.value, dict) and "fields" in root.value and path[-2:-1] == ("columns",)
    )
    for key in error.validator_value:
        if key not in error.instance and not is_of_list:
            where = f" in `{path[-1]}`" if path else ""
            says = resolved(error.schema["properties"][key])["description"]
            says = says.split(". ")[0].rstrip(".")
            yield f"`{key}` is missing{where}: write `{key}: …`; {says[:1].lower() + says[1:]}"


def _named(path: Iterable[str | int]) -> str:
    names = [step for step in path if isinstance(step, str)]
    return f"`{names[-1]}`: " if names else ""


def _what(error: Any) -> str:
    instance, bound = error.instance, error.validator_value
    said = {
        "minItems": "it is empty",
        "minProperties": "it is empty",
        "maxProperties": "too many keys stand here",
        "uniqueItems": "one stands twice in the list",
        "maxLength": f"it is longer than {bound} characters",
        "minimum": f"{shown(instance)} is below {bound}",
        "maximum": f"{shown(instance)} is above {bound}",
    }
    if instance is None:
        return "nothing is written here"
    if error.validator in said:
        return said[error.validator]
    if isinstance(instance, (dict, list)):
        return f"{'a list stands' if isinstance(instance, list) else 'keys with values stand'} here"
    return (
        f"{str(instance).lower() if isinstance(instance, bool) else shown(instance)} does not fit"
    )


def _write(error: Any) -> str:
    """What to write instead."""
    schema = error.schema
    if "enum" in schema:
        return write_one_of(str(error.instance), schema["enum"])
    wanted = schema.get("type")
    if error.validator == "type" and isinstance(wanted, str) and wanted in _TYPES:
        text = _TYPES[wanted]
    else:
        text = schema.get("description") or _TYPES.get(str(wanted), "something else")
        text = text[:1].lower() + text[1:].rstrip(".")
    example = f", for example {schema['examples'][0]}" if "examples" in schema else ""
    return f"write {text}{example}"
