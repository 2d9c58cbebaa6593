-- Where a province lies, so that a facility far outside it is found. Filled with the lists.
alter table ref.provinces
    add column south numeric(7, 4),
    add column north numeric(7, 4),
    add column west numeric(7, 4),
    add column east numeric(7, 4);
comment on column ref.provinces.south is
'Southern bound in degrees of latitude: of the centres of its communes, with a margin of our own.';
comment on column ref.provinces.north is 'Northern bound in degrees of latitude, likewise.';
comment on column ref.provinces.west is 'Western bound in degrees of longitude, likewise.';
comment on column ref.provinces.east is 'Eastern bound in degrees of longitude, likewise.';
