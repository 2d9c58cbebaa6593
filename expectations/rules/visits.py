"""What rules on several visits of one person select: the visits known here, by person key.

Known is what counts now (ops.current_dossiers) and what the batch brings; of a dossier that the
batch brings again, only that. Found from the persons of the batch by index, whatever raw holds.
"""

from __future__ import annotations

from expectations.rules.selections import VERSION, headers

_SHARED = ("file_id", "position", "facility_id", "dossier_id", "_person_key")
_TIMES = (
    "btrim(header.ma_loai_kcb) as care_type",
    "btrim(header.ma_noi_di) as came_from",
    "raw.parse_local_time(header.ngay_vao)"
    " + case when length(header.ngay_vao) = 8 then interval '1 day' else interval '0' end"
    " as began_at",
    "raw.parse_local_time(header.ngay_ra) as ended_at",
)
_NAMES = ", ".join((*_SHARED, "care_type", "came_from", "began_at", "ended_at"))


def arrived(where: str = "true") -> str:
    """The visits that the batch brings.

    An arrival known by its day alone is taken to be at its end, an end at its beginning: the
    shortest visit that it can have been.
    """
    return headers(
        "version.facility_id",
        "version.dossier_id",
        "header._person_key",
        "header.ngay_vao",
        "header.ngay_ra",
        *_TIMES,
        joined=VERSION,
        where=where,
    )


# The lateral with its own fence is a nested loop by index: a join might scan all headers.
KNOWN = f"""\
select {_NAMES}
from arrived
union all
select {_NAMES}
from (select distinct _person_key as sought from arrived) as person
cross join lateral (
    select
        header.file_id,
        header.position,
        counted.facility_id,
        counted.dossier_id,
        header._person_key,
        {", ".join(_TIMES)}
    from raw.claims_xml1 as header
    join ops.current_dossiers as counted using (file_id, position)
    where header._person_key = person.sought and not counted.is_withdrawal
    offset 0
) as earlier
where (facility_id, dossier_id) not in (select facility_id, dossier_id from arrived)"""
"""All visits of the persons in the relation `arrived`, which the rule defines by `arrived`."""
