-- Closed rows have tables of their own; readers other than plain ones read views.
create schema if not exists closed;
create schema if not exists hiv;
create schema if not exists facility;
create schema if not exists facility_hiv;
create schema if not exists report;

comment on schema closed is 'The closed store: what computing with closed documents adds to marts or changes there.';
comment on schema hiv is 'Views of every mart with closed rows, for hiv_reader.';
comment on schema facility is 'Views of open rows by facility, for logins that see single facilities.';
comment on schema facility_hiv is 'Views of all rows by facility, for logins of HIV clinics.';
comment on schema report is 'Views of the monthly reports with closed cases, small cells suppressed.';

create table ops.reader_views (
    schema_name text not null,
    view_name text not null,
    definition_hash text not null,
    primary key (schema_name, view_name)
);
comment on table ops.reader_views is
'One row per view that the publisher made for readers, and the hash of the definition that it made it from.';
