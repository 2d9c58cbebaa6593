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
