-- Codes in one form, however a sender writes them: the same forms as health_warehouse.reference.canonical.
-- Nearly all values are plain already, so that is asked first.

create function raw.unicode_folded(value text) returns text
language sql immutable parallel safe
return btrim(regexp_replace(
    normalize(
        translate(
            normalize(
                regexp_replace(
                    value,
                    '[\u0001-\u0008\u000e-\u001f\u007f-\u0084\u0086-\u009f\u00ad\u034f\u061c\u115f\u1160\u17b4'
                    '\u17b5\u180b-\u180f\u200b-\u200f\u202a-\u202e\u2060-\u206f\u3164\ufe00-\ufe0f\ufeff'
                    '\uffa0\ufff0-\ufffb\U0001bca0-\U0001bca3\U0001d173-\U0001d17a\U000e0000-\U000e0fff]',
                    '', 'g'
                ),
                NFKC
            ),
            'abcdefghijklmnopqrstuvwxyz'
            'ăâđêôơưàáảãạằắẳẵặầấẩẫậèéẻẽẹềếểễệìíỉĩịòóỏõọồốổỗộờớởỡợùúủũụừứửữựỳýỷỹỵ',
            'ABCDEFGHIJKLMNOPQRSTUVWXYZ'
            'ĂÂĐÊÔƠƯÀÁẢÃẠẰẮẲẴẶẦẤẨẪẬÈÉẺẼẸỀẾỂỄỆÌÍỈĨỊÒÓỎÕỌỒỐỔỖỘỜỚỞỠỢÙÚỦŨỤỪỨỬỮỰỲÝỶỸỴ'
        ),
        NFKC
    ),
    '[\u0009-\u000d \u0085\u00a0\u1680\u2000-\u200a\u2028\u2029\u202f\u205f\u3000]+', ' ', 'g'
), ' ');
comment on function raw.unicode_folded(text) is
'In capitals of English and Vietnamese, in NFKC, without invisible signs and blanks at its ends; blanks inside are one space.';

create function raw.canonical_code(value text) returns text
language sql immutable parallel safe
return case
    when value !~ '[^!-~]' then upper(value collate "C")
    else raw.unicode_folded(value)
end;
comment on function raw.canonical_code(text) is
'The one form of a code of any spelling, as reference/canonical.py has it.';

create function raw.icd_folded(value text) returns text
language sql immutable parallel safe
return btrim(
    regexp_replace(regexp_replace(regexp_replace(regexp_replace(regexp_replace(regexp_replace(
    regexp_replace(regexp_replace(
        translate(
            raw.canonical_code(regexp_replace(value, '[\u0009-\u000d\u0085\u2028\u2029]', ';', 'g')),
            'АВЕЅІЈКМНОРСТХҮаеѕіјорсхуΑΒΕΖΗΙΚΜΝΟΡΤΥΧ、\',
            'ABESIJKMHOPCTXYAESIJOPCXYABEZHIKMNOPTYX,,'
        ),
        -- a code begins at a letter that two digits follow, not within a word
        '(?<![A-ZĂÂĐÊÔƠƯÀÁẢÃẠẰẮẲẴẶẦẤẨẪẬÈÉẺẼẸỀẾỂỄỆÌÍỈĨỊÒÓỎÕỌỒỐỔỖỘỜỚỞỠỢÙÚỦŨỤỪỨỬỮỰỲÝỶỸỴ])'
        '([A-Z])[^0-9A-Z;ĂÂĐÊÔƠƯÀÁẢÃẠẰẮẲẴẶẦẤẨẪẬÈÉẺẼẸỀẾỂỄỆÌÍỈĨỊÒÓỎÕỌỒỐỔỖỘỜỚỞỠỢÙÚỦŨỤỪỨỬỮỰỲÝỶỸỴ]*'
        '([0-9])[^0-9A-Z;ĂÂĐÊÔƠƯÀÁẢÃẠẰẮẲẴẶẦẤẨẪẬÈÉẺẼẸỀẾỂỄỆÌÍỈĨỊÒÓỎÕỌỒỐỔỖỘỜỚỞỠỢÙÚỦŨỤỪỨỬỮỰỲÝỶỸỴ]*([0-9])',
        ';\1\2\3', 'g'
    ),
    '[^0-9A-Z;,/+|&ĂÂĐÊÔƠƯÀÁẢÃẠẰẮẲẴẶẦẤẨẪẬÈÉẺẼẸỀẾỂỄỆÌÍỈĨỊÒÓỎÕỌỒỐỔỖỘỜỚỞỠỢÙÚỦŨỤỪỨỬỮỰỲÝỶỸỴ]', '', 'g'),
    '[,/+|&]+([0-9])', '\1', 'g'),
    '[,/+|&]', ';', 'g'),
    '([A-ZĂÂĐÊÔƠƯÀÁẢÃẠẰẮẲẴẶẦẤẨẪẬÈÉẺẼẸỀẾỂỄỆÌÍỈĨỊÒÓỎÕỌỒỐỔỖỘỜỚỞỠỢÙÚỦŨỤỪỨỬỮỰỲÝỶỸỴ]'
    '[A-ZĂÂĐÊÔƠƯÀÁẢÃẠẰẮẲẴẶẦẤẨẪẬÈÉẺẼẸỀẾỂỄỆÌÍỈĨỊÒÓỎÕỌỒỐỔỖỘỜỚỞỠỢÙÚỦŨỤỪỨỬỮỰỲÝỶỸỴ]+)', ';\1', 'g'),
    '(^|;)([A-Z][0-9][0-9])([^;])', '\1\2.\3', 'g'),
    '(^|;)([A-Z][0-9][0-9]\.[^;][^;][^;])([^;])', '\1\2.\3', 'g'),
    ';+', ';', 'g'),
    ';'
);
comment on function raw.icd_folded(text) is 'As raw.canonical_icd, of a text that is not canonical already.';

create function raw.canonical_icd(value text) returns text
language sql immutable parallel safe
return case
    when value ~ '^[A-Z][0-9][0-9](\.([0-9][0-9]?|[A-Z][0-9]?|[0-9][A-Z]))?(;[A-Z][0-9][0-9](\.([0-9][0-9]?|[A-Z][0-9]?|[0-9][A-Z]))?)*$'
        then value
    else raw.icd_folded(value)
end;
comment on function raw.canonical_icd(text) is
'Codes of ICD-10 of any spelling as J06.9, several joined by ";"; what is none as its letters and digits.';

create function raw.canonical_icd_list(value text) returns text[]
language sql immutable parallel safe
return string_to_array(raw.canonical_icd(value), ';');
comment on function raw.canonical_icd_list(text) is
'Each code of ICD-10 in a text, in its order; empty without any. As reference/canonical.py has it.';

create function raw.is_icd_code(code text) returns boolean
language sql immutable parallel safe
return code ~ '^[A-Z][0-9][0-9](\.[0-9A-Z][0-9A-Z]?[0-9A-Z]?)?$';
comment on function raw.is_icd_code(text) is
'Whether a canonical code has the form of one of ICD-10: a category and up to three characters more.';

-- At most U62.392.9: a letter and seven digits may be the number of a passport.
create function raw.icd_codes_only(codes text) returns text
language sql immutable parallel safe
return btrim(
    regexp_replace(
        ';' || codes || ';',
        '(?<=;)(?!([A-Z][0-9][0-9](\.[0-9A-Z][0-9A-Z]?[0-9A-Z]?)?|U[0-9][0-9]\.[0-9][0-9][0-9]\.[0-9]);)[^;]*;',
        '', 'g'
    ),
    ';'
);
comment on function raw.icd_codes_only(text) is
'What raw.canonical_icd gives, without what has not the form of a code: only that may be shown to readers.';

-- Rule V03 finds the check-ins of a dossier by what names it.
drop index raw.check_ins_encounter;
create index check_ins_dossier on raw.check_ins (facility_id, raw.canonical_code(ma_lk));

-- Keys come from the loader, for the secret that they are made with never comes here. Versions of
-- before this migration have none until a re-keying has made them.

alter table ops.dossier_versions
add column encounter_key uuid,
add column local_person_key uuid;
comment on column ops.dossier_versions.dossier_id is
'MA_LK in its canonical form, in which it identifies the dossier; as sent it is in raw.';
comment on column ops.dossier_versions.encounter_key is 'The key of the dossier in the marts: HMAC of facility and MA_LK.';
comment on column ops.dossier_versions.local_person_key is
'The person''s key within the facility, found nowhere else; null without a header, or while its rows are not in raw.';

alter table ops.current_dossiers add column encounter_key uuid;
alter table ops.dossier_changes add column encounter_key uuid;
comment on column ops.dossier_changes.encounter_key is 'Of the dossier, also where it has no content any more.';

create table ops.rekeyings (
    rekeying_id bigint generated always as identity primary key,
    kind text not null check (kind in ('upgrade', 'rotation')),
    check_value text,
    step text,
    last_place text,
    begun_at timestamptz not null default clock_timestamp(),
    finished_at timestamptz
);
comment on table ops.rekeyings is
'One row per time that all keys are made anew. While one is open nothing is loaded, judged or built: keys of two '
'generations must never be side by side. Who does any of these reads this table in the same transaction, so that '
'opening one waits for it.';
comment on column ops.rekeyings.check_value is
'By what the key that keys are made with is known again, as in ops.person_key_check; null until work begins.';
comment on column ops.rekeyings.step is 'The step that is under way, and with last_place how far it has come.';
create unique index rekeyings_open on ops.rekeyings ((true)) where finished_at is null;

do $$
begin
    if exists (select from ops.dossier_versions) or exists (select from raw.check_ins) then
        insert into ops.rekeyings (kind) values ('upgrade');
    else
        alter table ops.dossier_versions alter column encounter_key set not null;
        alter table ops.current_dossiers alter column encounter_key set not null;
        alter table ops.dossier_changes alter column encounter_key set not null;
    end if;
end
$$;
