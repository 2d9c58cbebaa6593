"""The processes of a warehouse on one machine: Postgres and Airflow, started, watched and stopped.

bring_up             `up`, `down`: everything, in order, under one lock
status               what runs, where, in which version
state                the state folder and its lock
postgres             the embedded server, with the roles and databases that we need in it
airflow              Airflow's metadata and its four processes; airflow_cleaning removes old rows
airflow_environment  pure: from settings, secrets and ports to Airflow's configuration
airflow_pools        the pools that tasks run in
alert_sender         the process that sends alerts
logs                 kept from filling the disk
daemons              one detached process: its pid file, its log, its end
ports, secret_files  what is chosen once and remembered in the state folder
"""
