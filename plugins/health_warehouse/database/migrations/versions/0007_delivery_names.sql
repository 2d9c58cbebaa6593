-- Hospital software names files after patients and cards: a name is a personal value. The tables keep
-- the names, for the loader (roles.yml); who runs the warehouse sees the ledger without them.

drop view ops.ledger;

create view ops.ledger as
select
    r.receipt_number,
    r.received_at,
    r.file_id,
    f.sha256,
    f.byte_count,
    f.facility_id,
    f.declared_date,
    case when r.is_repeated then 'duplicate' else f.status end as status,
    case
        when r.is_repeated then 'the same bytes were received before'
        when f.status = 'refused' then f.rule_id || ': ' || f.reason
        when f.judged_at is null then 'not checked yet'
    end as reason,
    f.loaded_at,
    f.judged_at,
    f.dossier_count as dossiers_received,
    coalesce(s.dossiers_loaded, 0) as dossiers_loaded,
    case
        when r.is_repeated then 0
        when f.status = 'refused' then f.dossier_count
        else coalesce(s.dossiers_quarantined, 0)
    end as dossiers_quarantined,
    case when r.is_repeated then f.dossier_count else 0 end as dossiers_duplicate,
    coalesce(s.dossiers_superseded, 0) as dossiers_superseded,
    coalesce(s.dossiers_withdrawn, 0) as dossiers_withdrawn,
    f.line_count as lines_received,
    case
        when r.is_repeated or f.status = 'refused' then 0
        when f.kind = 'check_ins' then c.rows_kept
        else coalesce(s.lines_loaded, 0)
    end as lines_loaded,
    case
        when r.is_repeated then 0
        when f.status = 'refused' then f.line_count
        when f.kind = 'check_ins' then f.line_count - c.rows_kept
        else coalesce(s.lines_quarantined, 0)
    end as lines_quarantined,
    case when r.is_repeated then f.line_count else 0 end as lines_duplicate,
    coalesce(s.lines_superseded, 0) as lines_superseded,
    coalesce(s.lines_withdrawn, 0) as lines_withdrawn
from (
    select
        file_id,
        received_at,
        row_number() over receipts_of_file as receipt_number,
        row_number() over receipts_of_file > 1 as is_repeated
    from ops.file_receipts
    window receipts_of_file as (
        partition by file_id order by received_at, file_name collate "C", uri collate "C"
    )
) as r
inner join ops.files as f using (file_id)
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
    where v.file_id = r.file_id and f.status = 'loaded' and not r.is_repeated
) as s on true;
comment on view ops.ledger is
'One row per receipt of a file, counts as of now. For dossiers and for lines (of XML2 and XML3, or check-ins): '
'received = loaded + quarantined + duplicate + superseded + withdrawn. Its name is in vault.delivery_names.';
comment on column ops.ledger.receipt_number is 'Which receipt of these bytes it is, from 1, by time.';

create view vault.delivery_names as
select
    r.file_id,
    row_number() over (
        partition by r.file_id order by r.received_at, r.file_name collate "C", r.uri collate "C"
    ) as receipt_number,
    r.received_at,
    f.facility_id,
    f.sha256,
    r.file_name,
    r.uri
from ops.file_receipts as r
inner join ops.files as f using (file_id);
comment on view vault.delivery_names is
'One row per receipt of a file: the name and place that the sender gave it. It joins ops.ledger by file_id '
'and receipt_number.';

create table vault.listed_files (
    listing_id uuid not null,
    batch integer not null,
    place integer not null,
    path text not null,
    byte_count bigint not null,
    listed_at timestamptz not null default clock_timestamp(),
    primary key (listing_id, batch, place)
);
comment on table vault.listed_files is
'Files that a task listed for another one to load, for some days. Airflow hands on the number of the listing.';
comment on column vault.listed_files.path is 'Its name to the filesystem of the inbox, percent-encoded.';
create index listed_files_age on vault.listed_files (listed_at);
