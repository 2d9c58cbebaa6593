create view ops.version_states as
select
    v.file_id,
    v.position,
    v.facility_id,
    v.dossier_id,
    v.line_count,
    case
        when f.status = 'refused' or v.verdict is distinct from 'accepted' then 'quarantined'
        when c.file_id is null then 'superseded'
        when v.is_withdrawal then 'withdrawn'
        else 'loaded'
    end as state
from ops.dossier_versions as v
inner join ops.files as f using (file_id)
left join ops.current_dossiers as c on c.file_id = v.file_id and c.position = v.position;
comment on view ops.version_states is
'One row per dossier version: where it stands now. Not judged yet counts as quarantined: it is held back.';

create view ops.ledger as
select
    r.uri,
    r.file_name,
    r.received_at,
    r.file_id,
    f.sha256,
    f.byte_count,
    f.facility_id,
    f.declared_date,
    case when e.is_earlier_there then 'duplicate' else f.status end as status,
    case
        when e.is_earlier_there then 'the same bytes were received before'
        when f.status = 'refused' then f.rule_id || ': ' || f.reason
        when f.judged_at is null then 'not checked yet'
    end as reason,
    f.loaded_at,
    f.judged_at,
    f.dossier_count as dossiers_received,
    coalesce(s.dossiers_loaded, 0) as dossiers_loaded,
    case
        when e.is_earlier_there then 0
        when f.status = 'refused' then f.dossier_count
        else coalesce(s.dossiers_quarantined, 0)
    end as dossiers_quarantined,
    case when e.is_earlier_there then f.dossier_count else 0 end as dossiers_duplicate,
    coalesce(s.dossiers_superseded, 0) as dossiers_superseded,
    coalesce(s.dossiers_withdrawn, 0) as dossiers_withdrawn,
    f.line_count as lines_received,
    case
        when e.is_earlier_there or f.status = 'refused' then 0
        when f.kind = 'check_ins' then c.rows_kept
        else coalesce(s.lines_loaded, 0)
    end as lines_loaded,
    case
        when e.is_earlier_there then 0
        when f.status = 'refused' then f.line_count
        when f.kind = 'check_ins' then f.line_count - c.rows_kept
        else coalesce(s.lines_quarantined, 0)
    end as lines_quarantined,
    case when e.is_earlier_there then f.line_count else 0 end as lines_duplicate,
    coalesce(s.lines_superseded, 0) as lines_superseded,
    coalesce(s.lines_withdrawn, 0) as lines_withdrawn
from ops.file_receipts as r
inner join ops.files as f using (file_id)
cross join lateral (
    select exists (
        select from ops.file_receipts as o
        where
            o.file_id = r.file_id
            and (o.received_at, o.file_name collate "C", o.uri collate "C")
            < (r.received_at, r.file_name collate "C", r.uri collate "C")
    ) as is_earlier_there
) as e
cross join lateral (
    select coalesce(cast(f.row_counts ->> 'XML0' as bigint), 0) as rows_kept
) as c
left join lateral (
    select
        count(*) filter (where v.state = 'loaded') as dossiers_loaded,
        count(*) filter (where v.state = 'quarantined') as dossiers_quarantined,
        count(*) filter (where v.state = 'superseded') as dossiers_superseded,
        count(*) filter (where v.state = 'withdrawn') as dossiers_withdrawn,
        sum(v.line_count) filter (where v.state = 'loaded') as lines_loaded,
        sum(v.line_count) filter (where v.state = 'quarantined') as lines_quarantined,
        sum(v.line_count) filter (where v.state = 'superseded') as lines_superseded,
        sum(v.line_count) filter (where v.state = 'withdrawn') as lines_withdrawn
    from ops.version_states as v
    where v.file_id = r.file_id and f.status = 'loaded' and not e.is_earlier_there
) as s on true;
comment on view ops.ledger is
'One row per receipt of a file, counts as of now. For dossiers and for lines (of XML2 and XML3, or check-ins): '
'received = loaded + quarantined + duplicate + superseded + withdrawn.';
