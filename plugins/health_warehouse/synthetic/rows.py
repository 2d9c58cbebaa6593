"""Rows of a table: what differs from row to row, and a form that holds the rest ready-made."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from functools import cached_property

from health_warehouse.synthetic import tables
from health_warehouse.synthetic.layouts import Layout
from health_warehouse.synthetic.templates import Template


class Form:
    """A table's row with some elements already filled in, in one layout."""

    def __init__(
        self,
        table: str,
        layout: Layout,
        constants: Mapping[str, str] | None = None,
        differing: Iterable[str] = (),
    ) -> None:
        """`differing` elements are filled in row by row; without any, every element is.

        Elements that are neither constant nor differing say nothing.
        """
        self.table = table
        self.layout = layout
        self.is_open = not differing
        self._constants = tables.blank(table) | dict(constants or {})
        self._differing = frozenset(differing)

    @cached_property
    def template(self) -> Template:
        """The row, to be filled in with the differing elements."""
        known = {
            name: text for name, text in self._constants.items() if name not in self._differing
        }
        return tables.row_template(self.table, self.layout, known)

    def render(self, texts: Mapping[str, str], changed: Mapping[str, str]) -> bytes:
        """The row; `changed` overrides whatever the form and `texts` say."""
        if not changed:
            if self.is_open:
                return tables.row(self.table, texts, self.layout)
            return self.template.filled(texts)
        return tables.row(self.table, {**self._constants, **texts, **changed}, self.layout)

    def text(self, name: str) -> str:
        """What the form says in an element."""
        return self._constants[name]


class Row:
    """One row, to be read and overwritten by the names of its elements."""

    __slots__ = ("changed", "form", "texts")

    def __init__(self, form: Form, texts: dict[str, str]) -> None:
        self.form = form
        self.texts = texts
        self.changed: dict[str, str] = {}

    def __getitem__(self, name: str) -> str:
        for texts in (self.changed, self.texts):
            if name in texts:
                return texts[name]
        return self.form.text(name)

    def __setitem__(self, name: str, text: str) -> None:
        self.changed[name] = text

    def render(self) -> bytes:
        return self.form.render(self.texts, self.changed)
