"""The keys that the loader gives a row of a feed; the secret for them never enters Postgres."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import NamedTuple
from uuid import UUID

from health_warehouse.feeds.contract import Column, Contract, Identity
from health_warehouse.feeds.dates import forms_of, parse_moment
from health_warehouse.privacy.person_key import (
    citizen_id,
    keyed_hash,
    person_key,
    practitioner_key,
)
from health_warehouse.reference.canonical import canonical_code

_NUMBER = re.compile(r"[+-]?[0-9]{1,18}(\.[0-9]{1,9})?")
Values = Mapping[str, str | None]
"""A row by names of columns."""


class RowKeys(NamedTuple):
    """`document` is None when what names the document cannot be read."""

    document: UUID | None
    content: UUID
    person: UUID | None
    order: str | None
    refers_to: UUID | None


class FeedKeys:
    """Makes the keys of the rows of one feed."""

    def __init__(self, key: bytes, contract: Contract) -> None:
        self._key = key
        self._contract = contract
        columns = {column.name: column for column in contract.table.columns}
        self._named_by = [columns[name] for name in contract.document_key if name in columns]
        self._order = columns.get(contract.newer)
        withdrawal = contract.options.get("withdrawal", "")
        self._withdrawal, _, self._withdrawn = withdrawal.partition("=")

    def keys(self, sender_id: str, values: Values, extra: str | None) -> RowKeys:
        # what is blank says nothing, so that a column that a contract adds changes no row of before
        said = [(name, value) for name, value in (*values.items(), ("_extra", extra)) if value]
        content = [part for name, value in said for part in (name, _clean(value))]
        return RowKeys(
            self._document(sender_id, values, content),
            keyed_hash(self._key, "content", self._contract.feed, *content),
            self._person(sender_id, values),
            None if self._order is None else order_text(self._order, values[self._order.name]),
            self._refers_to(sender_id, values),
        )

    def is_withdrawal(self, values: Values) -> bool:
        """The sender takes the document back."""
        if not self._withdrawal:
            return False
        return canonical_code(values[self._withdrawal] or "") == canonical_code(self._withdrawn)

    def _document(self, sender_id: str, values: Values, content: list[str]) -> UUID | None:
        names = [_clean(_named(one, values[one.name] or "")) for one in self._named_by]
        is_lacking = any(
            not name and column.is_required
            for name, column in zip(names, self._named_by, strict=True)
        )
        if names and (is_lacking or not any(names)):
            return None
        if not names or self._contract.mode == "append":
            names += content
        return keyed_hash(self._key, "document", self._contract.feed, sender_id, *names)

    def _refers_to(self, sender_id: str, values: Values) -> UUID | None:
        """The key of the document of another feed that the row names."""
        closed = self._contract.closed
        for feed, column in closed.refers_to.items() if closed else ():
            name = canonical_code(values[column] or "")
            if name:
                return keyed_hash(self._key, "document", feed, sender_id, name)
        return None

    def _person(self, sender_id: str, values: Values) -> UUID | None:
        identity = self._contract.identity
        if identity is None:
            return None
        if identity.domain == "staff":
            return self._member_of_staff(identity, sender_id, values)
        named = [identity.insurance_number, identity.citizen_id, identity.local_id]
        is_named = any(_value(values, name).strip() for name in named)
        if not is_named and self._contract.table.person_key != "required":
            return None
        return person_key(
            self._key,
            facility_id=sender_id,
            dossier_id="\x1e".join(
                canonical_code(values[column.name] or "") for column in self._named_by
            ),
            cards=_value(values, identity.insurance_number),
            citizen=_value(values, identity.citizen_id),
            patient_id=_value(values, identity.local_id),
        )

    def _member_of_staff(self, identity: Identity, sender_id: str, values: Values) -> UUID | None:
        """By the citizen id, for somebody may have several licences; without one by the licence,
        which then is the key of the practitioner."""
        national = citizen_id(_value(values, identity.citizen_id))
        if national is not None:
            return keyed_hash(self._key, "staff", "citizen_id", national)
        licence = canonical_code(_value(values, identity.licence))
        if licence:
            return practitioner_key(self._key, licence)
        local = canonical_code(_value(values, identity.local_id))
        return keyed_hash(self._key, "staff", "local", sender_id, local) if local else None


def order_text(column: Column, value: str | None) -> str | None:
    """A sender's own time or number of a version as text that sorts; None when it is neither."""
    written = (value or "").strip()
    if column.type in ("date", "time"):
        moment = parse_moment(written, forms_of(column))
        return None if moment is None else moment.isoformat()
    if column.type in ("integer", "number"):
        if _NUMBER.fullmatch(written) is None or written.startswith("-"):
            return None
        whole, _, part = written.lstrip("+").partition(".")
        return f"{whole.zfill(18)}.{part.ljust(9, '0')}"
    return canonical_code(written) or None


def _named(column: Column, value: str) -> str:
    """A part of a name: days, times and numbers are the same however they are written."""
    typed = None if column.type in ("text", "code", "boolean") else order_text(column, value)
    return typed or canonical_code(value)


def _value(values: Values, name: str | None) -> str:
    return "" if name is None else values[name] or ""


def _clean(value: str) -> str:
    """A hash joins its parts by U+001F, which a value may hold."""
    return value.replace("\x1f", "\\x1f")
