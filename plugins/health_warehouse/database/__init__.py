"""The warehouse's Postgres: where it runs, what is in it, who may do what.

connections                engines and passwords by role
migrate, migrations        a database to the present schema; upgrades: are its data older
former_dossiers            claims as older warehouses kept them, moved among the documents
feed_tables, feed_views    tables, partitions and views as contracts ask for them
reference_lists            fill `ref` from health_warehouse.reference
roles, rights, grants      roles.yml read, and made true; public_rights, server_grants for the rest
readers, reader_groups     logins of people and programs; reader_removal shuts and drops one
sessions, verifiers        how sessions begin; passwords as the server keeps them
turns, watchdog            one at a time; holders that show no sign of life
embedded, seat             the server of a PyPI package; configuration is what it is set to
"""
