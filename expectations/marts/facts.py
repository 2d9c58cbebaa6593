"""The facts and bridges of the marts, and what of the senders' rows makes their rows.

A new fact is one entry here: that its rows are those sent (M01) and that it is for the audience of
its encounter (M09) follows.
"""

from __future__ import annotations

from dataclasses import dataclass

CHANGED = "int_claims__changed_dossiers"
JOURNEYS = "int_claims__affected_journeys"
TRANSFERS = "int_claims__affected_transfers"
DOSSIER = "facility_key, encounter_key"
ENCOUNTERS = "fct_encounters"


@dataclass(frozen=True)
class Fact:
    """`key` names the row within its dossier, empty when there is one row per dossier.

    `sent` are selects of facility_key and encounter_key from the relation `dossiers`: together one
    row for each row that the mart must hold, counted in `raw` and not in what dbt made of it.
    `scope` holds the keys that a build rewrites. `is_twice`: a row is computed for each audience.
    `closes_rows`: a row may be closed in a dossier that is open.
    """

    mart: str
    key: str
    sent: tuple[str, ...]
    scope: str = CHANGED
    is_twice: bool = False
    closes_rows: bool = False

    @property
    def columns(self) -> str:
        """The primary key."""
        return f"{DOSSIER}, {self.key}" if self.key else DOSSIER


def _rows_of(*tables: int) -> tuple[str, ...]:
    return tuple(
        f"select {DOSSIER} from dossiers join raw.claims_xml{table} using (file_id, position)"
        for table in tables
    )


def _codes_of(*columns: str) -> str:
    """An array of the codes of ICD-10 in columns of raw, in the one form that they have."""
    text = f"concat_ws(';', {', '.join(columns)})"
    return f"string_to_array(raw.icd_codes_only(raw.canonical_icd({text})), ';')"


# The check-ins that counted at the end of the stretch: those that count now, but for what changed
# since, which the first of these changes tells.
_CHECKED_IN = """select dossiers.facility_key, dossiers.encounter_key from dossiers
    join ops.document_versions as sent
        on sent.feed = 'check_ins' and sent.refers_to_key = dossiers.encounter_key
    left join ops.current_documents as counting
        on counting.feed = 'check_ins' and not counting.is_withdrawal
        and (counting.file_id, counting.position) = (sent.file_id, sent.position)
    left join (
        select distinct on (document_key) document_key, old_file_id, old_position
        from batch join ops.document_changes as change on change.change_id > batch.to_change_id
        where change.feed = 'check_ins'
        order by document_key, change.change_id
    ) as later on later.document_key = sent.document_key
    where dossiers.file_id is not null and case
        when later.document_key is null then counting.file_id is not null
        else later.old_file_id = sent.file_id and later.old_position = sent.position
    end"""
_HEADERS = "dossiers join raw.claims_xml1 as header using (file_id, position)"

FACTS: tuple[Fact, ...] = (
    Fact(ENCOUNTERS, "", (f"select {DOSSIER} from dossiers where file_id is not null",)),
    Fact("fct_claim_lines", "claim_line_key", _rows_of(2, 3)),
    Fact(
        "bridge_encounters_diagnoses",
        "diagnosis_order",
        (
            # each code once; the unknown one where no main diagnosis has the form of a code
            f"select {DOSSIER} from {_HEADERS} cross join lateral (select distinct code"
            f" from unnest({_codes_of('header.ma_benh_chinh', 'header.ma_benh_kt')}) as code"
            ") as named",
            f"select {DOSSIER} from {_HEADERS} where"
            f" cardinality({_codes_of('header.ma_benh_chinh')}) = 0",
        ),
    ),
    Fact("fct_diagnostic_results", "result_key", _rows_of(4), closes_rows=True),
    Fact("fct_hiv_treatments", "hiv_treatment_key", _rows_of(6)),
    Fact("fct_discharge_papers", "discharge_paper_key", _rows_of(7)),
    Fact("fct_record_summaries", "record_summary_key", _rows_of(8)),
    Fact("fct_births", "birth_key", _rows_of(9)),
    Fact("fct_sick_leaves", "sick_leave_key", _rows_of(10, 11)),
    Fact(
        "fct_transfers",
        "",
        (
            # `union` makes one row of a dossier that has both
            f"select {DOSSIER} from {_HEADERS} where raw.parse_number(header.ma_loai_rv) in (2, 5)"
            f" union {_rows_of(13)[0]}",
        ),
        TRANSFERS,
        is_twice=True,
    ),
    Fact("fct_appointments", "appointment_key", _rows_of(14), JOURNEYS, is_twice=True),
    Fact("fct_tb_treatments", "tb_treatment_key", _rows_of(15)),
    Fact("fct_waiting_times", "", (_CHECKED_IN,), "fct_waiting_times__affected", closes_rows=True),
)

FROM_SEVERAL = frozenset({"fct_stays"})
"""Facts whose rows come of several dossiers, so that none is sent: a recount judges them (M05)."""

OF_INDICATORS = frozenset(
    {
        "bridge_atoms_periods",
        "bridge_facility_areas",
        "fct_indicator_components",
        "fct_indicator_values",
    }
)
"""Sums over dossiers and lists, and what they are sums by: nobody sent their rows."""
