"""Upkeep of the warehouse: what is older than its bound goes, statistics are renewed.

Each step works in short transactions of bounded size, gives way to whoever else needs a lock, and
is killed at any instant without loss: the next run goes on. What is needed for conservation,
rebuilding or roll-back stays, whatever the bounds say (docs/operations/maintenance.md).

run, step, names        all steps, what one is, what they are called; record is their own history
archived_files, archived_bundles, superseded_rows, replaced_rows, former_readings
                        bytes and rows that nothing counts any more
check_results, incidents, alerts, runs, retention
                        old results and states, removed by one statement per batch
airflow_metadata, logs  what Airflow remembers; logs by size and age
statistics_of_tables    what the planner knows
needed_changes, marks   what a build may still read; how far a step has walked
sessions                short transactions that give way
"""
