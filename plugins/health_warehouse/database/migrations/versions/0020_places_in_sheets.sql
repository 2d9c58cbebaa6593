create table ops.delivery_sheets (
    file_id bigint not null references ops.files,
    sheet integer not null,
    first_position integer not null,
    first_row integer not null,
    columns jsonb not null,
    primary key (file_id, first_position)
);
comment on table ops.delivery_sheets is
'One row per sheet of a list that was read. The row of a position in it: position - first_position + first_row.';
comment on column ops.delivery_sheets.sheet is 'Its number in the workbook, from 1. Its name may be a person''s, and is not kept.';
comment on column ops.delivery_sheets.first_position is 'Position of the first row below the headings, as in raw.';
comment on column ops.delivery_sheets.first_row is 'Row of the sheet in which that position stands, from 1.';
comment on column ops.delivery_sheets.columns is 'Label of the contract''s column: letters of the sheet''s column, such as AB.';
