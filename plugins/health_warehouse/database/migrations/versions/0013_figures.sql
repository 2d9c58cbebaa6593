-- Vietnamese names come from a file that the department names (WAREHOUSE_DIAGNOSIS_NAMES_FILE).
alter table ref.icd10_codes add column title_vi text;
comment on column ref.icd10_codes.title_vi is
'Its name in Vietnamese, from the file that the setting WAREHOUSE_DIAGNOSIS_NAMES_FILE names; null: not in it.';

-- Columns are taken away from published marts, and most rows of facts get further keys: `warehouse
-- upgrade` makes the marts anew, without shadows. Where nothing is published there is nothing to do.
insert into ops.upgrades (name)
select 'figures that add up'
where exists (select from ops.releases);
