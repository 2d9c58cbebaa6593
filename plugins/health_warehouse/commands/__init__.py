"""The commands of `warehouse`, one module per area; each has `register(app)`.

claims, decisions   files taken in and read again, the ledger; versions that wait for a person
feeds, feed_files   what is taken in, by contracts; files tried, templates, contracts begun
feed_status         what is owed, and what came
quality             what is quarantined, the audit of a build, the rules
release             build, publish, roll back, list, run; published is how that is told
readers, roles      logins of readers; who may do what in Airflow's UI
services            up, down, status, doctor, migrate, demo; airflow_cli is Airflow's own command
alerts, maintenance messages; upkeep
backup, keys        a whole warehouse saved and brought back; the person key made anew
upgrade, synth      data of an older version; a fictional province
ask, metrics        questions and their answers; indicators by MetricFlow
documents           dbt's page on what is published
listing, ahead      long lists as plain text; files from the future, told
"""
