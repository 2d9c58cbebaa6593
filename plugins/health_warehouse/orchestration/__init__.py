"""How Airflow runs the warehouse: the only sub-package that imports Airflow.

claim_tasks, release_tasks, the tasks of the DAGs; each calls one function of the package
upkeep_tasks
assets, tags, defaults       what DAG files are made of
batches                      pure: how files are grouped
roles                        who may do what in the UI, where the auth manager is FAB
failures                     every error becomes "retry" or "do not", and is told without data

Nothing here reads the environment or a database while a DAG file is parsed.
"""
