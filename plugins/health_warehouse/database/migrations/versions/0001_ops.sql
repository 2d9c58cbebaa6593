---------- the ledger

create table ops.files (
    file_id bigint generated always as identity primary key,
    sha256 text not null unique check (sha256 ~ '^[0-9a-f]{64}$'),
    byte_count bigint not null,
    received_at timestamptz not null,
    file_name text not null,
    status text not null check (status in ('loaded', 'refused')),
    rule_id text,
    reason text,
    facility_id text,
    declared_date text check (declared_date ~ '^[0-9]{8}$'),
    declared_count integer,
    kind text not null default 'claims' check (kind in ('claims', 'check_ins')),
    hoso_count integer not null default 0,
    dossier_count integer not null default 0,
    line_count bigint not null default 0,
    row_counts jsonb not null default '{}',
    loaded_at timestamptz not null default clock_timestamp(),
    judged_at timestamptz
);
comment on table ops.files is 'One row per distinct content ever received; the batch of one file.';
comment on column ops.files.sha256 is
'Of the bytes, those of a .zip or .gz unpacked. Of a file that could not be unpacked: of the sha256 '
'of the bundle, its place there and its name.';
comment on column ops.files.received_at is
'Earliest receipt of these bytes. Versions of a dossier are ordered by it, never by time of processing.';
comment on column ops.files.file_name is 'Base name at the earliest receipt.';
comment on column ops.files.declared_date is 'NGAYLAP (yyyymmdd) of the envelope, null when it is not one.';
comment on column ops.files.declared_count is 'SOLUONGHOSO of the envelope.';
comment on column ops.files.hoso_count is 'Number of HOSO parsed. The counts are what the parser saw, not what raw holds.';
comment on column ops.files.dossier_count is
'Number of dossier versions: HOSO that continue another one of the file are not counted again.';
comment on column ops.files.line_count is 'Rows of XML2 and XML3; of a check-in file its rows.';
comment on column ops.files.row_counts is 'Rows that went to raw, by table: {"XML1": 3, "XML2": 7, "other": 1}.';
comment on column ops.files.judged_at is 'When the landing checks settled the file; null = work left over.';
create index files_unjudged on ops.files (file_id) where judged_at is null;

create table ops.file_receipts (
    uri text not null,
    received_at timestamptz not null,
    file_id bigint not null references ops.files,
    file_name text not null,
    byte_count bigint not null,
    modified_at timestamptz not null,
    seen_at timestamptz not null default clock_timestamp(),
    primary key (uri, received_at, file_id)
);
comment on table ops.file_receipts is 'One row per time that a sender delivered a file: the ledger entry.';
comment on column ops.file_receipts.modified_at is
'Modification time of the object; with uri and size it tells a seen object without reading it again.';
create index file_receipts_file on ops.file_receipts (file_id);

create table ops.bundles (
    uri text not null,
    byte_count bigint not null,
    modified_at timestamptz not null,
    received_as text not null,
    sha256 text not null,
    file_name text not null,
    member_count integer not null,
    seen_at timestamptz not null default clock_timestamp(),
    primary key (uri, byte_count, modified_at, received_as)
);
comment on table ops.bundles is
'One row per .zip or .gz of which every claim file is in the ledger: a seen one is not read again.';
comment on column ops.bundles.received_as is
'How its files were received: at the time "modified", as "declared", or at a fixed instant (UTC).';
comment on column ops.bundles.sha256 is 'Of the bundle as sent, kept in the archive.';
comment on column ops.bundles.member_count is 'Claim files in it, refused ones included.';

create table ops.dossier_versions (
    file_id bigint not null references ops.files,
    position integer not null,
    facility_id text not null,
    dossier_id text not null,
    is_withdrawal boolean not null,
    line_count integer not null,
    verdict text check (verdict in ('accepted', 'quarantined')),
    primary key (file_id, position)
);
comment on table ops.dossier_versions is
'One row per dossier as delivered once: (MACSKCB, MA_LK) at a place in a file. verdict null = not judged.';
comment on column ops.dossier_versions.is_withdrawal is 'MA_DOITUONG_KCB is 8: the facility takes the dossier back.';
create index dossier_versions_dossier on ops.dossier_versions (facility_id, dossier_id);

create table ops.current_dossiers (
    facility_id text not null,
    dossier_id text not null,
    file_id bigint not null,
    position integer not null,
    is_withdrawal boolean not null,
    primary key (facility_id, dossier_id),
    foreign key (file_id, position) references ops.dossier_versions
);
comment on table ops.current_dossiers is
'The accepted version that counts now, one per dossier. Written only by landing/versions.py.';
create index current_dossiers_version on ops.current_dossiers (file_id, position);

create table ops.dossier_changes (
    change_id bigint generated always as identity primary key,
    facility_id text not null,
    dossier_id text not null,
    old_file_id bigint,
    old_position integer,
    new_file_id bigint,
    new_position integer,
    changed_at timestamptz not null default clock_timestamp()
);
comment on table ops.dossier_changes is
'The log of changes of what a dossier''s content is; null = no content (not yet there, withdrawn). '
'Builds read the stretch between two change ids, so their cost follows the change. Ids are given '
'under one lock held to commit: a visible id has no smaller one still to come.';

---------- quarantine

create table quarantine.findings (
    finding_id bigint generated always as identity primary key,
    file_id bigint not null references ops.files,
    position integer,
    line integer,
    table_name text,
    field text,
    facility_id text,
    dossier_id text,
    rule_id text not null,
    severity text not null check (
        severity in ('refuse_file', 'quarantine_dossier', 'flag_line', 'record')
    ),
    reason text not null,
    found_at timestamptz not null default clock_timestamp()
);
comment on table quarantine.findings is
'One row per thing wrong: where, which rule, why. Reasons tell personal values by length and kind only.';
create index findings_file on quarantine.findings (file_id);

create table quarantine.originals (
    file_id bigint not null references ops.files,
    position integer not null,
    part integer not null,
    table_name text,
    content text not null,
    primary key (file_id, position, part)
);
comment on table quarantine.originals is 'Content that could not be read into raw, as sent (undecodable parts).';

---------- the vault

create table vault.person_identifiers (
    person_key uuid not null,
    kind text not null check (
        kind in ('name', 'citizen_id', 'card', 'insurance_number', 'local_id', 'phone', 'birth')
    ),
    value text not null,
    primary key (person_key, kind, value)
);
comment on table vault.person_identifiers is 'What a person key stands for: every identifier seen beside it.';

---------- quality

create table ops.check_runs (
    check_run_id bigint generated always as identity primary key,
    suite text not null check (suite in ('landing', 'marts')),
    build_id bigint,
    started_at timestamptz not null default clock_timestamp(),
    finished_at timestamptz
);
create table ops.check_run_files (
    check_run_id bigint not null references ops.check_runs,
    file_id bigint not null references ops.files,
    primary key (check_run_id, file_id)
);
create table ops.rule_results (
    check_run_id bigint not null references ops.check_runs,
    rule_id text not null,
    severity text not null,
    state text not null check (state in ('passed', 'failed', 'error', 'not_applicable')),
    checked_count bigint not null default 0,
    failed_count bigint not null default 0,
    message text,
    seconds numeric(10, 3) not null default 0,
    primary key (check_run_id, rule_id)
);
comment on table ops.rule_results is 'Outcome of one rule in one run of a suite. Counts only, no value of a row.';

create table ops.incidents (
    incident_id bigint generated always as identity primary key,
    fingerprint text not null,
    suite text not null,
    rule_id text,
    build_id bigint,
    file_id bigint,
    message text not null,
    state text not null default 'open' check (state in ('open', 'resolved')),
    occurrence_count integer not null default 1,
    opened_at timestamptz not null default clock_timestamp(),
    last_seen_at timestamptz not null default clock_timestamp(),
    resolved_at timestamptz
);
create unique index incidents_open on ops.incidents (fingerprint) where state = 'open';
comment on table ops.incidents is 'What a person must know: one open row per cause, with a count, not one per run.';

---------- builds and releases

create table ops.releases (
    release_id bigint generated always as identity primary key,
    base_release_id bigint references ops.releases,
    build_id bigint not null,
    to_change_id bigint not null,
    is_full boolean not null,
    status text not null check (status in ('current', 'replaced', 'rolled_back')),
    rows_deleted jsonb not null default '{}',
    rows_inserted jsonb not null default '{}',
    checks jsonb not null default '[]',
    notices jsonb not null default '[]',
    approvals jsonb not null default '[]',
    started_at timestamptz not null,
    published_at timestamptz not null default clock_timestamp(),
    rolled_back_at timestamptz
);
comment on table ops.releases is
'One row per publication: what went in, checks, notices, who approved an exception, times.';
create unique index releases_current on ops.releases ((true)) where status = 'current';

create table ops.builds (
    build_id bigint generated always as identity primary key,
    base_release_id bigint references ops.releases,
    from_change_id bigint not null,
    to_change_id bigint not null,
    is_full boolean not null,
    status text not null check (
        status in ('building', 'built', 'passed', 'held', 'failed', 'published', 'superseded')
    ),
    project_hash text,
    message text,
    started_at timestamptz not null default clock_timestamp(),
    built_at timestamptz,
    audited_at timestamptz
);
comment on table ops.builds is
'One row per build of the candidate. The stretch (from_change_id, to_change_id] of ops.dossier_changes '
'is all that changed since the release it is based on: it is both the work of dbt and the scope of publish.';
comment on column ops.builds.project_hash is
'Hash of the models and of the functions that they call; another one than the last build''s forces a full build.';
alter table ops.releases add foreign key (build_id) references ops.builds;

create table ops.model_runs (
    build_id bigint not null references ops.builds,
    model text not null,
    layer text not null,
    status text not null,
    row_count bigint,
    seconds numeric(10, 3) not null,
    message text,
    primary key (build_id, model)
);

create table ops.publish_hold (
    is_held boolean not null default false,
    reason text,
    held_at timestamptz,
    held_by text
);
comment on table ops.publish_hold is 'One row. After a roll-back nothing is published until a person resumes.';
create unique index publish_hold_single on ops.publish_hold ((true));
insert into ops.publish_hold default values;
