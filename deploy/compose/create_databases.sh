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
-- What only a superuser can give: see plugins/health_warehouse/database/server_grants.py.
grant set on parameter wal_compression to warehouse_owner;
grant set on parameter temp_file_limit to warehouse_owner;
grant pg_read_all_stats to warehouse_owner;
grant pg_use_reserved_connections to warehouse_owner with admin option;
grant pg_use_reserved_connections to airflow;
\connect warehouse
-- Only a superuser may revoke it: see plugins/health_warehouse/database/public_rights.py.
revoke execute on function lo_creat(integer), lo_create(oid), lo_from_bytea(oid, bytea), lo_put(oid, bigint, bytea), lowrite(integer, bytea), lo_truncate(integer, integer), lo_truncate64(integer, bigint) from public;
SQL
