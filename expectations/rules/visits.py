"""What rules on several visits of one person select: the visits known here, by person key.

Known is what counts now (ops.current_dossiers) and what the batch brings; of a dossier that the
batch brings again, only that. Found from the persons of the batch by index, whatever raw holds.
"""

from __future__ import annotations

_COLUMNS = """\
    header.file_id,
    header.position,
    {version}.facility_id,
    {version}.dossier_id,
    header._person_key,
    btrim(header.ma_loai_kcb) as care_type,
    btrim(header.ma_noi_di) as came_from,
    raw.parse_local_time(header.ngay_vao)
        + case when length(header.ngay_vao) = 8 then interval '1 day' else interval '0' end
        as began_at,
    raw.parse_local_time(header.ngay_ra) as ended_at"""

ARRIVED = f"""\
select
    header.ngay_vao,
    header.ngay_ra,
{_COLUMNS.format(version="version")}
from batch
join ops.dossier_versions as version using (file_id)
join raw.claims_xml1 as header using (file_id, position)
where not version.is_withdrawal"""
"""The visits that the batch brings. An arrival known by its day alone is taken to be at its end,
an end at its beginning: the shortest visit that it can have been."""

# The lateral with its own fence is a nested loop by index: a join might scan all headers.
KNOWN = f"""\
select
    file_id, position, facility_id, dossier_id, _person_key,
    care_type, came_from, began_at, ended_at
from arrived
union all
select earlier.*
from (select distinct _person_key from arrived) as person
cross join lateral (
    select
{_COLUMNS.format(version="counted")}
    from raw.claims_xml1 as header
    join ops.current_dossiers as counted using (file_id, position)
    where header._person_key = person._person_key and not counted.is_withdrawal
    offset 0
) as earlier
where not exists (
    select
    from arrived
    where arrived.facility_id = earlier.facility_id and arrived.dossier_id = earlier.dossier_id
)"""
"""All visits of the persons in the relation `arrived` (ARRIVED, perhaps fewer rows of it)."""
