-- Lists that values are looked up in, true at a date: a row holds in [valid_from, valid_to), null =
-- still. Filled by health_warehouse.reference at every migration whose lists are other than before.

create schema if not exists ref;
comment on schema ref is 'Reference lists, each row true in [valid_from, valid_to). Filled when migrating.';

create table ref.loaded (
    content_hash text not null,
    loaded_at timestamptz not null default clock_timestamp()
);
comment on table ref.loaded is 'One row: what the lists were made from. Another hash fills them anew.';
create unique index loaded_single on ref.loaded ((true));

create table ref.icd10_codes (
    code text primary key,
    compact_code text not null unique,
    category text not null,
    title_en text not null,
    is_usable boolean not null,
    is_main_allowed boolean not null,
    only_sex text check (only_sex in ('male', 'female')),
    valid_from date not null,
    valid_to date,
    source text not null
);
comment on table ref.icd10_codes is
'WHO ICD-10 (2019), categories and subcategories, and national additions that are known one by one. '
'Vietnam adds 4th and 5th characters whose list is not at hand: a code is known when its category is.';
comment on column ref.icd10_codes.compact_code is 'The code without its point, as some senders write it.';
comment on column ref.icd10_codes.category is 'Its first three characters.';
comment on column ref.icd10_codes.is_usable is 'False where WHO divides the code further.';
comment on column ref.icd10_codes.is_main_allowed is
'False for asterisk, external-cause and supplementary codes (WHO; the national column 24 is not at hand).';

create table ref.provinces (
    province_code text not null,
    name text not null,
    kind text not null,
    successor_code text,
    valid_from date not null,
    valid_to date,
    primary key (province_code, valid_from)
);
comment on table ref.provinces is '63 provinces until 2025-07-01, 34 from then; 11 of them unchanged.';
comment on column ref.provinces.successor_code is 'The province that it became a part of, for those that ended.';

create table ref.communes (
    commune_code text not null,
    province_code text not null,
    name text not null,
    kind text not null,
    valid_from date not null,
    valid_to date,
    confidence text not null check (confidence in ('H', 'M', 'L', '?')),
    primary key (commune_code, valid_from)
);
comment on table ref.communes is
'Communes, wards, townships and special zones. New codes re-use old ones: a code means nothing without a date.';
comment on column ref.communes.confidence is
'M: in the lists before and after the merger. L: merged into another one before it, exact day not known.';

create table ref.commune_successors (
    old_commune_code text not null,
    new_commune_code text not null,
    is_whole boolean not null,
    primary key (old_commune_code, new_commune_code)
);
comment on table ref.commune_successors is
'What each commune became on 2025-07-01. Many to many: is_whole false = only a part of the old one went there.';

create table ref.code_lists (
    code_system text not null,
    code text not null,
    title_vi text not null,
    title_en text not null,
    valid_from date not null,
    valid_to date,
    source text not null,
    confidence text not null check (confidence in ('H', 'M', 'L', '?')),
    primary key (code_system, code, valid_from)
);
comment on table ref.code_lists is 'The short code lists of the claim standard, by the name of their field.';
