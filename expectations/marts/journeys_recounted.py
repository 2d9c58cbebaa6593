"""Where people go on: transfers by month, and stays (M05)."""

from expectations.marts.declared import affected_keys
from expectations.marts.facts import DOSSIER
from expectations.marts.recounted import recounted
from expectations.rules.rule import Check, Rows

# By what the key of the report says of the slip; levels and direction are looked up by the day.
TRANSFERS = recounted(
    "rpt_transfer_months",
    "facility_key, month_start_date",
    """(
        select
            facility_key, encounter_key, audience, is_arrival_matched, has_referral_slip,
            is_cross_province, is_back_referral, direction_code,
            date_trunc('month', discharge_date)::date as month_start_date,
            coalesce(sent_to_facility_id, '(unknown)') as sent_to_facility_id,
            coalesce(from_level_code, '(unknown)') as from_level_code,
            coalesce(to_level_code, '(unknown)') as to_level_code,
            coalesce(discharge_type_code, '(unknown)') as discharge_type_code,
            coalesce(department_code, '(unknown)') as department_code
        from candidate.fct_transfers
    )""",
    {
        "transfer_count": "count(*)",
        "matched_count": "count(*) filter (where is_arrival_matched)",
        "slip_count": "count(*) filter (where has_referral_slip)",
        "cross_province_count": "count(*) filter (where is_cross_province)",
        "back_referral_count": "count(*) filter (where is_back_referral)",
    },
    within="sent_to_facility_id, from_level_code, to_level_code, direction_code,"
    " discharge_type_code, department_code",
    unless="""
        counted.audience <> audiences.audience and exists (
            select from candidate.fct_transfers as own
            where own.facility_key = counted.facility_key
                and own.encounter_key = counted.encounter_key
                and own.audience = audiences.audience
        )""",
)

# Of a person whose stays may have changed each inpatient encounter is in one stay.
STAYS = Rows(
    table_sql="'fct_stays'",
    sql=f"""
with persons as materialized (
    select distinct visit.person_key
    from batch
    cross join {affected_keys("fct_stays")}
    join intermediate.int_claims__current_versions as visit using ({DOSSIER})
)
select
    persons.person_key is not null as is_person,
    (
        select count(*) from intermediate.int_claims__current_versions as visit
        where visit.person_key = persons.person_key and visit.audience = 'open'
            and visit.is_inpatient and visit.arrived_at is not null
    ) as sent,
    (
        select coalesce(sum(stay.encounter_count), 0)
        from intermediate.int_claims__current_versions as visit
        join candidate.fct_stays as stay using ({DOSSIER})
        where visit.person_key = persons.person_key and stay.audience = 'open'
    ) as held
from persons""",
    checks=(Check("encounter_count", "sent = held", "'stays do not hold each encounter once'"),),
)
