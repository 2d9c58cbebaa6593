#!/usr/bin/env bash
# Bring both databases to the version of this image; then end. Safe to run again at any time.
#
# The other services start when this has succeeded: no process meets tables of another version.
set -euo pipefail
umask 077

mkdir -p "$WAREHOUSE_STATE"/{inbox,archive,secrets,logs}
warehouse migrate
airflow db migrate
python -c 'from health_warehouse.services.airflow_pools import import_document as pools; print(pools())' \
    >"$AIRFLOW_HOME/pools.json"
airflow pools import "$AIRFLOW_HOME/pools.json"
printf '%s\n' "$AIRFLOW_ADMIN_PASSWORD" | warehouse airflow-roles --first-admin admin
