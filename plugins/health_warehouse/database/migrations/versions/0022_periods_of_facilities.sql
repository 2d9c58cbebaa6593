-- Encounters and months carry the key of the period of their facility, which changes most rows of these
-- tables: `warehouse upgrade` makes the marts anew, without shadows. Where nothing is published there is
-- nothing to do.
insert into ops.upgrades (name)
select 'periods of facilities'
where exists (select from ops.releases);

-- Days off and days worked in exchange, for the dimension of days.
create table ref.special_days (
    day date primary key,
    kind text not null check (kind in ('off', 'work')),
    name_vi text not null,
    name_en text not null,
    source text not null,
    confidence text not null
);
comment on table ref.special_days is
'Days that are not worked though it is Monday to Friday (off), and days that are worked in exchange (work). '
'A year without a row is not known. Ours, or of the file that WAREHOUSE_HOLIDAYS names.';

-- Communes change after the merger of 2025, too: a code of before may be that of a new commune by then.
delete from ref.commune_successors;
alter table ref.commune_successors
    add column is_main boolean not null,
    add column valid_from date not null,
    drop constraint commune_successors_pkey,
    add primary key (old_commune_code, new_commune_code, valid_from);
comment on table ref.commune_successors is
'What each commune became on a day, most on 2025-07-01. Many to many: is_whole false = only a part of the old one went there.';
comment on column ref.commune_successors.is_main is 'Of the parts of a divided commune the likeliest one for its people.';
comment on column ref.commune_successors.valid_from is 'Day on which the old one ended and the new one began.';
update ref.loaded set content_hash = 'before successors had a day';
