"""A small star that stands in for the marts: two dimensions, two facts, no dbt.

The candidate and its scope tables are written in SQL, as dbt would; a build is a row of ops.builds.
Every row carries a `stamp`: the number of the change that wrote it.
"""

from __future__ import annotations

import json
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

from psycopg import sql
from sqlalchemy import text

from health_warehouse.database.connections import driver_connection, engine
from health_warehouse.marts.manifest import manifest_path
from health_warehouse.settings import Settings

LINES_PER_VISIT = 3
_DEFAULTS = {"audience": " default 'open'"}
TABLES = ("dim_goods", "dim_shops", "fct_lines", "fct_visits")


def column(name: str, data_type: str, is_required: bool = True) -> dict[str, Any]:
    return {
        "name": name,
        "data_type": data_type,
        "description": f"Column {name}, it's documented.",
        "constraints": [{"type": "not_null"}] if is_required else [],
    }


def model(
    name: str,
    columns: list[dict[str, Any]],
    primary_key: list[str],
    meta: dict[str, Any] | None = None,
) -> dict[str, Any]:
    """One node of a dbt manifest, with what the contract reader looks at.

    Its rows are told apart by document, and seen by who sees the whole province, unless `meta` says
    otherwise.
    """
    meta = {"closed": "by_row", "facility_view": "none", **(meta or {})}
    columns = [*columns, column("audience", "text")]
    return {
        "resource_type": "model",
        "schema": "candidate",
        "name": name,
        "alias": name,
        "description": f"One row per {name}.",
        "columns": {one["name"]: one for one in columns},
        "constraints": [{"type": "primary_key", "columns": primary_key}],
        "config": {"meta": meta},
    }


def star_manifest() -> dict[str, Any]:
    """Facts first, to show that the order of the file does not matter."""
    lines = model(
        "fct_lines",
        [
            column("shop_key", "integer"),
            column("visit_key", "integer"),
            column("line_key", "integer"),
            column("good_key", "integer"),
            column("amount_vnd", "numeric(18,2)", is_required=False),
            column("stamp", "integer"),
        ],
        ["shop_key", "visit_key", "line_key"],
        {
            "publish": {"scope": "affected_visits", "keys": ["shop_key", "visit_key"]},
            "foreign_keys": [
                {
                    "columns": ["shop_key", "visit_key"],
                    "to": "fct_visits",
                    "to_columns": ["shop_key", "visit_key"],
                },
                {"columns": ["good_key"], "to": "dim_goods", "to_columns": ["good_key"]},
            ],
        },
    )
    visits = model(
        "fct_visits",
        [
            column("shop_key", "integer"),
            column("visit_key", "integer"),
            column("visit_date", "date"),
            column("amount_vnd", "numeric(18,2)", is_required=False),
            column("stamp", "integer"),
        ],
        ["shop_key", "visit_key"],
        {
            "publish": {"scope": "affected_visits", "keys": ["shop_key", "visit_key"]},
            "foreign_keys": [
                {"columns": ["shop_key"], "to": "dim_shops", "to_columns": ["shop_key"]}
            ],
            "indexes": [{"columns": ["visit_date"]}],
        },
    )
    goods = model(
        "dim_goods",
        [column("good_key", "integer"), column("good_name", "text"), column("stamp", "integer")],
        ["good_key"],
        {"publish": {"scope": "intermediate.affected_goods", "keys": ["good_key"]}},
    )
    shops = model(
        "dim_shops",
        [column("shop_key", "integer"), column("shop_name", "text"), column("stamp", "integer")],
        ["shop_key"],
    )
    models = (lines, visits, goods, shops)
    return {"nodes": {f"model.star.{one['name']}": one for one in models}}


@dataclass
class Star:
    """The star of one warehouse. Write the candidate, then `build`, then publish."""

    settings: Settings
    manifest: dict[str, Any] = field(default_factory=star_manifest)

    def create(self, shops: int = 4, goods: int = 10, visits: int = 40) -> None:
        """Make the candidate as a first full build would; visit `v` is at shop `v % shops`."""
        self.write_manifest()
        for node in self.manifest["nodes"].values():
            columns = ", ".join(
                f"{c['name']} {c['data_type']}{' not null' if c['constraints'] else ''}"
                f"{_DEFAULTS.get(c['name'], '')}"
                for c in node["columns"].values()
            )
            key = ", ".join(node["constraints"][0]["columns"])
            self.run(f"create table candidate.{node['name']} ({columns}, primary key ({key}))")
        self.run("create table intermediate.affected_visits (shop_key integer, visit_key integer)")
        self.run("create table intermediate.affected_goods (good_key integer)")
        self.run(
            "insert into candidate.dim_shops"
            f" select s, 'shop ' || s, 0 from generate_series(0, {shops - 1}) as s;"
            " insert into candidate.dim_goods"
            f" select g, 'good ' || g, 0 from generate_series(0, {goods - 1}) as g"
        )
        self.run(
            "insert into candidate.fct_visits select v % :shops, v, date '2026-01-01' + v % 365,"
            " v, 0 from generate_series(1, :visits) as v",
            shops=shops,
            visits=visits,
        )
        self.run(
            "insert into candidate.fct_lines"
            " select shop_key, visit_key, l, (visit_key + l) % :goods, amount_vnd, 0"
            " from candidate.fct_visits, generate_series(1, :lines) as l",
            goods=goods,
            lines=LINES_PER_VISIT,
        )

    def write_manifest(self) -> None:
        path = manifest_path(self.settings)
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(json.dumps(self.manifest), encoding="utf-8")

    def run(self, statement: str, role: str = "transformer", **parameters: Any) -> None:
        with engine(self.settings, role).begin() as connection:
            connection.execute(text(statement), parameters)

    def rows(self, statement: str, role: str = "transformer", **parameters: Any) -> list[Any]:
        with engine(self.settings, role).connect() as connection:
            return list(connection.execute(text(statement), parameters))

    def value(self, statement: str, role: str = "transformer", **parameters: Any) -> Any:
        return self.rows(statement, role, **parameters)[0][0]

    def build(self, is_full: bool = False, status: str = "passed") -> int:
        """Record a build of what the candidate holds, based on the release now published."""
        return int(
            self._insert(
                "insert into ops.builds (base_release_id, from_change_id, to_change_id, is_full,"
                " status) select (select release_id from ops.releases where status = 'current'),"
                " coalesce((select to_change_id from ops.releases where status = 'current'), 0),"
                " coalesce((select max(to_change_id) from ops.builds), 0) + 1, :is_full, :status"
                " returning build_id",
                is_full=is_full,
                status=status,
            )
        )

    def judge(self, build_id: int, **states: str) -> None:
        """Record an audit: `rule=state:severity`."""
        with engine(self.settings, "transformer").begin() as connection:
            run_id = connection.execute(
                text(
                    "insert into ops.check_runs (suite, build_id) values ('marts', :b)"
                    " returning check_run_id"
                ),
                {"b": build_id},
            ).scalar_one()
            for rule, outcome in states.items():
                state, severity = outcome.split(":")
                connection.execute(
                    text(
                        "insert into ops.rule_results (check_run_id, rule_id, severity, state)"
                        " values (:run, :rule, :severity, :state)"
                    ),
                    {"run": run_id, "rule": rule, "severity": severity, "state": state},
                )

    def start_stretch(self) -> None:
        """Empty the scope: what was affected is counted from the release now published."""
        for relation in ("affected_visits", "affected_goods"):
            self.run(f"delete from intermediate.{relation}")

    def touch(self, visits: Iterable[int]) -> None:
        self.run(
            "insert into intermediate.affected_visits"
            " select shop_key, visit_key from candidate.fct_visits where visit_key = any(:visits)",
            visits=list(visits),
        )

    def change_visits(self, visits: Iterable[int], stamp: int) -> None:
        """New content for these visits and their lines, as a corrected delivery brings it."""
        keys = list(visits)
        self.touch(keys)
        for table in ("fct_visits", "fct_lines"):
            self.run(
                f"update candidate.{table} set stamp = :stamp, amount_vnd = amount_vnd + 1"
                " where visit_key = any(:keys)",
                stamp=stamp,
                keys=keys,
            )

    def remove_visits(self, visits: Iterable[int]) -> None:
        keys = list(visits)
        self.touch(keys)
        for table in ("fct_lines", "fct_visits"):
            self.run(f"delete from candidate.{table} where visit_key = any(:keys)", keys=keys)

    def add_visits(self, visits: Iterable[int], stamp: int, shop: int = 0, good: int = 0) -> None:
        keys = list(visits)
        self.run(
            "insert into candidate.fct_visits select :shop, v, date '2026-06-01', v, :stamp"
            " from unnest(cast(:keys as integer[])) as v",
            shop=shop,
            stamp=stamp,
            keys=keys,
        )
        self.run(
            "insert into candidate.fct_lines"
            " select shop_key, visit_key, l, :good, amount_vnd, stamp"
            " from candidate.fct_visits, generate_series(1, :lines) as l"
            " where visit_key = any(:keys)",
            good=good,
            lines=LINES_PER_VISIT,
            keys=keys,
        )
        self.touch(keys)

    def move_visits(self, visits: Iterable[int]) -> None:
        """Visits and their lines become closed, or open again."""
        keys = list(visits)
        self.touch(keys)
        for table in ("fct_visits", "fct_lines"):
            self.run(
                f"update candidate.{table}"
                " set audience = case audience when 'open' then 'hiv' else 'open' end"
                " where visit_key = any(:keys)",
                keys=keys,
            )

    def content(self, schema: str, audience: str = "open") -> dict[str, str]:
        """A fingerprint of every table of the star, independent of the order of rows.

        Of `candidate`, of the rows for one audience, as they stand in its store.
        """
        role = "transformer" if schema == "candidate" else "publisher"
        with engine(self.settings, role).connect() as connection:
            cursor = driver_connection(connection).cursor()
            prints = {}
            for table in TABLES:
                cursor.execute(
                    sql.SQL(
                        "select count(*) || ':' || coalesce(md5(string_agg(row_text, chr(10)"
                        " order by row_text collate \"C\")), '')"
                        " from (select to_jsonb(t) as content from {} as t) as rows"
                        " cross join lateral (select (content - 'audience')::text as row_text) as x"
                        " where coalesce(content ->> 'audience', {audience}) = {audience}"
                    ).format(sql.Identifier(schema, table), audience=sql.Literal(audience))
                )
                (prints[table],) = cursor.fetchone() or ("",)
            connection.rollback()
        return prints

    def _insert(self, statement: str, **parameters: Any) -> Any:
        with engine(self.settings, "transformer").begin() as connection:
            return connection.execute(text(statement), parameters).scalar_one()
