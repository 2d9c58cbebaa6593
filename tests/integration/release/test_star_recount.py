"""The facts of a generated province hold what a second opinion counts in its files."""

from __future__ import annotations

from pathlib import Path

import pytest
from sqlalchemy import Row, text

from health_warehouse.database.connections import engine
from health_warehouse.landing.inbox import list_new
from health_warehouse.landing.ingest import ingest
from health_warehouse.release.build import build
from health_warehouse.settings import Settings
from health_warehouse.synthetic.generator import generate
from health_warehouse.synthetic.options import Options
from oracle.recount import read_folder, recount
from oracle.star import Star, count_star

_OPTIONS = Options(facilities=11, days=60, dossiers=900, seed=7, defects=0)
_FIGURES = text(
    """
    select
        (
            select count(*) filter (where is_arrival_matched)
            from (
                select distinct on (facility_key, encounter_key) is_arrival_matched
                from candidate.fct_transfers
                order by facility_key, encounter_key, audience  -- hiv before open
            ) as transfers
        ) as transfers,
        (select count(*) from candidate.fct_encounters where audience = 'hiv') as hiv,
        (select sum(birth_weight_grams) from candidate.fct_births) as grams,
        (select sum(leave_days) from candidate.fct_sick_leaves where table_code = 'XML11') as days,
        (select count(minutes_to_first_order) from candidate.fct_waiting_times) as waits,
        (select sum(minutes_to_first_order) from candidate.fct_waiting_times) as minutes
    """
)
# A row that is there for two audiences is one of the files.
_ROWS = """
select count(*) from candidate.{mart} as this
where audience = 'open' or not exists (
    select from candidate.{mart} as open
    where open.audience = 'open'
        and to_jsonb(open) ->> 'encounter_key' = to_jsonb(this) ->> 'encounter_key'
        and '{mart}' in ('fct_transfers', 'fct_appointments')
)
"""
_ITEM_MONTHS = text(
    """
    select
        facilities.facility_id, to_char(report.month_start_date, 'YYYYMM'), items.item_type,
        items.item_code, report.cost_group_code, report.audience,
        report.line_count, report.encounter_count, report.quantity, report.billed_amount_vnd
    from candidate.rpt_item_months as report
    inner join candidate.dim_facilities as facilities using (facility_key, audience)
    inner join candidate.dim_items as items using (item_key, audience)
    """
)
_MORBIDITY_MONTHS = text(
    """
    select
        facilities.facility_id, to_char(report.month_start_date, 'YYYYMM'), report.age_group,
        report.sex_code, report.chapter_code, report.audience,
        report.encounter_count, report.death_count, report.treatment_days, report.billed_amount_vnd
    from candidate.rpt_morbidity_months as report
    inner join candidate.dim_facilities as facilities using (facility_key, audience)
    """
)


@pytest.fixture(scope="module")
def counted(module_released: Settings, tmp_path_factory: pytest.TempPathFactory) -> Star:
    """A province, generated, loaded and built; what the recount says of its files."""
    folder: Path = tmp_path_factory.mktemp("province")
    generate(folder, _OPTIONS)
    ingest(module_released, list_new(module_released, [str(folder)]))
    build(module_released)
    return count_star(recount(read_folder(folder)))


def test_facts_have_as_many_rows_as_the_files(counted: Star, module_released: Settings) -> None:
    with engine(module_released, "transformer").connect() as connection:
        found = {
            mart: connection.execute(text(_ROWS.format(mart=mart))).scalar_one()
            for mart in counted.rows
        }
    assert found == counted.rows
    assert len(counted.rows) == 11


def test_figures_equal_the_recount(counted: Star, module_released: Settings) -> None:
    with engine(module_released, "transformer").connect() as connection:
        found: Row[tuple[object, ...]] = connection.execute(_FIGURES).one()
    assert tuple(found) == (
        counted.matched_transfers,
        counted.hiv_encounters,
        counted.birth_weight_grams,
        counted.leave_days,
        counted.waits.measured,
        counted.waits.minutes,
    )
    assert all(found)


def test_item_months_equal_the_recount(counted: Star, module_released: Settings) -> None:
    with engine(module_released, "transformer").connect() as connection:
        rows = [tuple(row) for row in connection.execute(_ITEM_MONTHS)]
    assert {row[:6]: row[6:] for row in rows} == counted.item_months
    assert any(key[5] == "hiv" for key in counted.item_months), "some are related to HIV"
    assert len({key[1] for key in counted.item_months}) > 1, "months"


_APPOINTMENT_MONTHS = text(
    """
    select
        facilities.facility_id, to_char(report.appointment_month_start_date, 'YYYYMM'),
        report.audience, report.appointment_count, report.due_count, report.kept_count,
        report.kept_days_from_appointment
    from candidate.rpt_appointment_months as report
    inner join candidate.dim_facilities as facilities using (facility_key, audience)
    """
)


def test_morbidity_months_equal_the_recount(counted: Star, module_released: Settings) -> None:
    with engine(module_released, "transformer").connect() as connection:
        rows = [tuple(row) for row in connection.execute(_MORBIDITY_MONTHS)]
    assert {row[:6]: row[6:] for row in rows} == counted.morbidity_months
    assert {key[2] for key in counted.morbidity_months} == {"00-04", "05-14", "15-59", "60+"}
    assert len({key[4] for key in counted.morbidity_months}) > 3, "chapters"
    assert any(key[5] == "hiv" for key in counted.morbidity_months), "some are related to HIV"


def test_appointment_months_equal_the_recount(counted: Star, module_released: Settings) -> None:
    with engine(module_released, "transformer").connect() as connection:
        rows = [tuple(row) for row in connection.execute(_APPOINTMENT_MONTHS)]
    assert {row[:3]: row[3:] for row in rows} == counted.appointment_months
    assert len({key[1] for key in counted.appointment_months}) > 1, "months"
    assert any(key[2] == "hiv" for key in counted.appointment_months), "some are related to HIV"
    assert any(kept for _, _, kept, _ in counted.appointment_months.values())
    assert any(due < all_of_them for all_of_them, due, *_ in counted.appointment_months.values())
