---------- which facilities send claims, and when

create table ops.facilities (
    facility_id text primary key,
    noted_at timestamptz not null default clock_timestamp()
);
comment on table ops.facilities is
'One row per facility (MACSKCB) of which a claim file was ever loaded. Rows stay, so that a facility is new once.';
comment on column ops.facilities.noted_at is
'When its first claims were judged; -infinity: before anybody watched for new facilities.';

create table ops.facility_days (
    facility_id text not null,
    day date not null,
    file_count integer not null default 0,
    refused_count integer not null default 0,
    dossier_count integer not null default 0,
    quarantined_count integer not null default 0,
    primary key (facility_id, day)
);
comment on table ops.facility_days is
'One row per facility and local day on which a claim file of it was received. Counts as judged at the door: files, those '
'refused, dossiers, those quarantined.';

insert into ops.facilities (facility_id, noted_at)
select distinct facility_id, timestamptz '-infinity'
from ops.files
where kind = 'claims' and status = 'loaded' and judged_at is not null and facility_id is not null;

insert into ops.facility_days (
    facility_id, day, file_count, refused_count, dossier_count, quarantined_count
)
select
    f.facility_id,
    cast(f.received_at at time zone 'Asia/Ho_Chi_Minh' as date),
    count(*),
    count(*) filter (where f.status = 'refused'),
    sum(held.dossiers),
    sum(held.quarantined)
from ops.files as f
cross join lateral (
    select
        count(*) as dossiers,
        count(*) filter (where v.verdict = 'quarantined') as quarantined
    from ops.dossier_versions as v
    where v.file_id = f.file_id
) as held
where
    f.kind = 'claims' and f.status in ('loaded', 'refused') and f.judged_at is not null
    and f.facility_id is not null
    and not exists (
        select from ops.files as again
        where again.read_again_of = f.file_id and again.judged_at is not null
    )
group by 1, 2;

create index relation_findings_new_facility on quarantine.relation_findings (facility_id) where rule_id = 'F10';

---------- refused files, for whoever tells of them and sees no row of the ledger

create view ops.refused_files as
select file_id, facility_id, received_at, sha256, rule_id, reason, judged_at
from ops.files
where status = 'refused' and judged_at is not null;
comment on view ops.refused_files is 'One row per refused file: which rule, and why. No name of a file.';
create index files_refused on ops.files (judged_at) where status = 'refused';

---------- what a held release says

alter table ops.builds add column run_id text;
comment on column ops.builds.run_id is 'The run of the DAG build_release that opened it; null: opened from a terminal.';

alter table ops.rule_results add column places jsonb not null default '[]';
comment on column ops.rule_results.places is
'Of a failed rule of the marts: where it fails. One object per mart and check: {mart, check, row_count, facilities: [{facility, '
'row_count}], dossiers: [{file_id, position}]}, the first few of each. No value that a sender wrote.';
