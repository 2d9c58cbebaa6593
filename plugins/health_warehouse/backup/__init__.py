"""A whole warehouse into one folder, and from there into an empty one.

take       `warehouse backup`: dumps, secrets, archive, manifest, under a name once it is whole
restore    `warehouse restore`: verifies the folder, fills an empty warehouse, counts again
manifest   what a backup says of itself: versions, rows per table, sha256 of each file
contents   what the database holds, in one snapshot: rows, owners, names in the archive
loading    a dump into an empty database: rows and keys, row security last
target     whether a database is empty, and the mark of a restore that is under way
programs   pg_dump and pg_restore of the version that fits the server
"""
