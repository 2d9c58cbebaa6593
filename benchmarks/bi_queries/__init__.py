"""15 questions of the kinds that dashboards ask, one SQL file each, put to Postgres and to DuckDB.

The text is the same for both: each file is SQL that the two understand alike.
"""
