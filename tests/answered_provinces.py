"""A province that was delivered, built and published: what was told, and what readers find."""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date, datetime
from functools import cached_property
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import text

from health_warehouse.database.connections import engine
from health_warehouse.release.answers import ask
from health_warehouse.release.questions import question
from health_warehouse.settings import Settings
from health_warehouse.synthetic.lists.province_files import Province
from health_warehouse.synthetic.lists.sending import sheets
from health_warehouse.synthetic.world.sizes import Size
from oracle.indicators.sheet import Cell, Figure
from oracle.indicators.told import Told
from oracle.recount import Recount, read_folder, recount
from oracle.star import Star, count_star
from oracle.visits import Visit, visits_of
from small_province import release, take_in_province
from warehouses import Cluster, new_warehouse

Rows = list[dict[str, Any]]
_CELLS = """
    select
        indicators.indicator_code as indicator,
        indicators.area_kind as area,
        coalesce(
            facilities.facility_id,
            communes.commune_code || case
                when communes.valid_to <= indicators.period_end_date
                    then ' until ' || communes.valid_to
                else ''
            end,
            areas.area_id
        ) as code,
        indicators.calendar_code as calendar,
        indicators.period_start_date as first,
        indicators.numerator,
        indicators.denominator,
        indicators.indicator_value as value,
        indicators.state
    from {schema}.fct_indicator_values as indicators
    left join {schema}.dim_facilities as facilities
        on indicators.area_kind = 'F' and indicators.area_key = facilities.facility_key
    left join {schema}.dim_communes as communes
        on indicators.area_kind = 'C' and indicators.area_key = communes.commune_key
    left join {schema}.dim_areas as areas using (area_kind, area_key)
"""


@dataclass(frozen=True)
class AnsweredProvince:
    settings: Settings
    province: Province
    folder: Path

    @cached_property
    def truth(self) -> dict[str, Rows]:
        """The tables of truth.json."""
        return dict(json.loads((self.folder / "truth.json").read_text("utf-8")))

    @cached_property
    def recounted(self) -> Recount:
        """What the claim files say; a recount that shares no code with the warehouse."""
        return recount(read_folder(self.folder))

    @cached_property
    def counted(self) -> Star:
        return count_star(self.recounted)

    @cached_property
    def visits(self) -> list[Visit]:
        return visits_of(self.recounted)

    @cached_property
    def seen_by_all(self) -> list[Visit]:
        """Those that a plain reader may know of."""
        return [one for one in self.visits if not one.tells_of_hiv]

    def told(self, *, is_for_closed: bool = False) -> Told:
        """Lists as they were sent, and the visits that an audience may see."""
        world = self.province.world
        return Told(
            lists=list(sheets(world, self.province.claims.activity)),
            visits=self.visits if is_for_closed else self.seen_by_all,
            province=world.size.province_code,
            today=self.built_on,
            is_for_closed=is_for_closed,
        )

    @property
    def built_on(self) -> date:
        """The day on which the build of the release began."""
        started = "select max(started_at) from ops.builds where status = 'published'"
        with engine(self.settings, "ops_reader").connect() as connection:
            at: datetime = connection.execute(text(started)).scalar_one()
        return at.astimezone(ZoneInfo("Asia/Ho_Chi_Minh")).date()

    def cells(self, schema: str = "marts", role: str = "bi_reader") -> dict[Cell, Figure]:
        """Every value of an indicator that a reader finds."""
        with engine(self.settings, role).connect() as connection:
            rows = connection.execute(text(_CELLS.format(schema=schema))).all()
        found = {Cell(*row[:5]): Figure(*row[5:]) for row in rows}
        assert len(found) == len(rows), "two values of one cell"
        return found

    def answer(self, name: str) -> Rows:
        """Rows of the answer to a question of the project."""
        answer = ask(self.settings, question(name))
        return [dict(zip(answer.columns, row, strict=True)) for row in answer.rows]


@contextmanager
def answered(cluster: Cluster, folder: Path, size: Size) -> Iterator[AnsweredProvince]:
    """A warehouse of its own with a province, as long as the context lasts."""
    with new_warehouse(cluster, folder / "state", is_released=True) as settings:
        delivered = folder / "province"
        delivered.mkdir()
        made = take_in_province(settings, delivered, size)
        release(settings)
        yield AnsweredProvince(settings, made, delivered)
