-- Whatever a sender writes into the field of a code would be published as one. So readers are given what
-- has the form of its code, and the rules tell the rest by the same functions (K04).

create function raw.coded(value text, form text) returns text
language sql immutable parallel safe
return case
    when case form
        when 'item' then
            value ~ '^\s*[0-9A-Za-z][0-9A-Za-z._/+;:*()%%&#-]*\s*$'
            and value ~ '[0-9]' and value !~ '[0-9]{9}|[A-Za-z]{6}|^\s*0[0-9]{2,3}[.-][0-9]{3}[.-][0-9]{3,4}\s*$'
        when 'indicator' then -- laboratories name theirs by letters, too: WBC, HDL-C
            value ~ '^\s*[A-Z]{1,5}([/-][A-Z]{1,5})?\s*$'
            or (
                value ~ '^\s*[0-9A-Za-z][0-9A-Za-z._/+;:*()%%&#-]*\s*$'
                and value ~ '[0-9]'
                and value !~ '[0-9]{9}|[A-Za-z]{6}|^\s*0[0-9]{2,3}[.-][0-9]{3}[.-][0-9]{3,4}\s*$'
            )
        when 'registration' then
            value ~ '^\s*[0-9A-Za-zĐđ][0-9A-Za-zĐđ._/+;,:()-]*\s*$'
            and value ~ '[0-9]' and value !~ '[A-Za-zĐđ]{7}'
            -- since 2022 they have 12 digits, the first of which is no 0: those of persons begin with one
            and value !~ '(^|[^0-9])(0[0-9]{8}|[1-9][0-9]{8,10}([^0-9]|$)|[1-9][0-9]{12})'
        when 'departments' then
            value ~ '^\s*[A-Za-z][0-9]{1,5}([.][0-9]{1,4})*(\s*;\s*[A-Za-z][0-9]{1,5}([.][0-9]{1,4})*)*[\s;]*$'
        when 'facilities' then value ~ '^\s*[0-9]{2}[0-9A-Za-z]{3}(\s*;\s*[0-9]{2}[0-9A-Za-z]{3})*[\s;]*$'
        when 'place' then value ~ '^\s*[0-9]{2,5}\s*$'
        when 'line' then value ~ '^\s*[0-9]{1,6}\s*$'
        when 'care' then value ~ '^\s*[0-9]{1,2}\s*$'
        when 'eligibility' then value ~ '^\s*[0-9]{1,2}([.][0-9]{1,2})?\s*$'
        when 'choices' then value ~ '^\s*[0-9]{1,2}(\s*;\s*[0-9]{1,2})*[\s;]*$'
        when 'regimen' then
            value ~ '^\s*[0-9A-Za-z]{1,6}([+/;.,-][0-9A-Za-z]{1,6}){0,9}\s*$'
            and value ~ '[0-9+/]|^\s*KHAC\s*$' and value !~ '[0-9]{9}'
        end
        then btrim(value, e' \t\r\n')
end;
comment on function raw.coded(text, text) is
'The code without blanks around it; null when it does not have the form: what may be the name of a person, '
'or his number (9 digits and more), is no code. Forms: item (drug, service, device), indicator, registration, '
'departments and facilities (lists with ;), place, line, care, eligibility, choices, regimen.';

-- Names are free text that readers need; what is surely of a person is kept from them.
create function raw.tells_person(value text) returns boolean
language sql immutable parallel safe
return value ~ '[0-9]{9}'
or value ~ '(^|[^0-9.,])0[0-9]{2,3}[ .-]?[0-9]{3}[ .-]?[0-9]{3,4}\M'
or (
    value ~ '^\s*[[:upper:]][[:alpha:]]*(\s+[[:upper:]][[:alpha:]]*){1,4}\s*$'
    and lower(value) ~ (
        '^\s*(nguyễn|nguyen|trần|tran|lê|phạm|pham|hoàng|huỳnh|huynh|phan|vũ|võ|đặng|bùi|đỗ|hồ|ngô|dương|lý|đoàn|'
        'đinh|trịnh|trương|mai|lương|đào|quách|tạ|thạch|danh|diệp|tống|triệu|phùng|vương|tô|hứa|khưu|quan)\s'
    )
);
comment on function raw.tells_person(text) is
'Whether a text is surely of a person: a run of 9 digits (citizen id, card, insurance number), a telephone '
'number, or two to five words in capitals of which the first is a family name. A name of another shape passes.';

create function raw.is_result(value text) returns boolean
language sql immutable parallel safe
return value ~ (
    '^\s*([<>≤≥=~]|<=|>=)?\s*[+-]?[0-9]{1,8}([.,][0-9]{1,6})?\s*%%?'
    '(\s*[-–/:x]\s*[0-9]{1,5}([.,][0-9]{1,6})?\s*%%?)?\s*$'
);
comment on function raw.is_result(text) is
'Whether a result is a number, with a sign of comparison before it, or a range or ratio of two (1/80).';
