alter table ops.files add column read_again_of bigint references ops.files;
comment on column ops.files.read_again_of is
'The former reading of the same bytes, which goes out of use when this one is judged. A former reading has no '
'receipt, and a sha256 that stands for it; builds may have to read it until maintenance removes it.';
create unique index files_read_again on ops.files (read_again_of) where read_again_of is not null;
create index files_facility on ops.files (facility_id, received_at);
