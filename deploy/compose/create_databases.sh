#!/usr/bin/env bash
# The first start of Postgres: one database and one owner for the warehouse, one for Airflow.
#
# Run by the image of Postgres, and only on an empty volume. Passwords come from the environment and
# go to psql as variables, so they stand in no command line.
set -euo pipefail

psql --username postgres --no-psqlrc --quiet --set ON_ERROR_STOP=1 <<'SQL'
\getenv owner WAREHOUSE_OWNER_PASSWORD
\getenv airflow AIRFLOW_METADATA_PASSWORD
create role warehouse_owner login createrole password :'owner';
create database warehouse owner warehouse_owner;
create role airflow login password :'airflow';
create database airflow owner airflow;
revoke connect, temporary on database airflow from public;
-- Only for speed, and only by a superuser: sessions of the builder need not compress the log.
grant set on parameter wal_compression to warehouse_owner;
SQL
