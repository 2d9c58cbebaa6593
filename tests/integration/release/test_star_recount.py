"""The facts of a generated province hold what a second opinion counts in its files."""

from __future__ import annotations

from decimal import ROUND_HALF_UP, Decimal
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
from oracle.keys import encounter_key
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


# What each audience reads: of the closed class its own rows, and open ones that it does not have.
_READ = """
select {columns}
from candidate.{mart} as this
where audience = :audience or :audience <> 'open' and audience = 'open' and not exists (
    select from candidate.{mart} as own where own.audience = :audience and {same}
)
"""
_STAYS = text(
    _READ.format(
        mart="fct_stays",
        columns="encounter_key, encounter_count, facility_count, stay_days, is_index_stay,"
        " is_readmission, is_readmitted, is_tombstone",
        same="own.facility_key = this.facility_key and own.encounter_key = this.encounter_key",
    )
)
_WAY = (
    "sent_to_facility_id", "from_level_code", "to_level_code", "direction_code",
    "discharge_type_code", "department_code",
)  # fmt: skip
_TRANSFER_MONTHS = text(
    _READ.format(
        mart="rpt_transfer_months",
        columns="(select facility_id from candidate.dim_facilities as place"
        " where place.facility_key = this.facility_key limit 1),"
        " to_char(month_start_date, 'YYYYMM'), sent_to_facility_id, discharge_type_code,"
        " department_code, transfer_count, matched_count, slip_count",
        same=" and ".join(
            f"own.{name} = this.{name}" for name in ("facility_key", "month_start_date", *_WAY)
        ),
    )
)


@pytest.mark.parametrize("audience", ["open", "hiv"])
def test_stays_equal_the_recount(counted: Star, module_released: Settings, audience: str) -> None:
    expected = {
        encounter_key(*stay.names[0]): (
            len(stay.names),
            len({facility for facility, _ in stay.names}),
            Decimal(stay.minutes * 100 / 1440).quantize(Decimal(1), ROUND_HALF_UP) / 100,
            stay.is_index,
            stay.is_readmission,
            stay.is_readmitted,
        )
        for stay in counted.stays[audience].values()
    }
    with engine(module_released, "transformer").connect() as connection:
        rows = connection.execute(_STAYS, {"audience": audience}).all()
    assert {row[0]: tuple(row[1:7]) for row in rows if not row.is_tombstone} == expected
    assert any(stay[0] > 1 for stay in expected.values()), "some are of several encounters"
    assert any(stay[4] for stay in expected.values()), "somebody is admitted again"


@pytest.mark.parametrize("audience", ["open", "hiv"])
def test_transfer_months_equal_the_recount(
    counted: Star, module_released: Settings, audience: str
) -> None:
    with engine(module_released, "transformer").connect() as connection:
        rows = [tuple(row) for row in connection.execute(_TRANSFER_MONTHS, {"audience": audience})]
    assert {row[:5]: row[5:] for row in rows} == counted.transfer_months[audience]
    assert any(matched for _, matched, _ in counted.transfer_months[audience].values())


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
