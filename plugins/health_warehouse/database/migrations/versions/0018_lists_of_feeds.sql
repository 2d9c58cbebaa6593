-- The lists of feeds say what else is known of a code, and which are our own choice.
alter table ref.code_lists
    add column attributes text not null default '',
    drop constraint code_lists_confidence_check,
    add constraint code_lists_confidence_check
        check (confidence in ('H', 'M', 'L', '?', 'std', 'own'));
comment on column ref.code_lists.attributes is
'What else is known of the code, as name=value;name=value.';
comment on column ref.code_lists.confidence is
'H official text, M one good secondary source, L weak, std usual practice, own our own choice.';
comment on table ref.code_lists is
'The short code lists: of the claim standard by the name of their field, of feeds by the name of the list.';
