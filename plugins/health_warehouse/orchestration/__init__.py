"""How Airflow runs the warehouse: the only sub-package that imports Airflow.

feed_tasks, inbox_tasks, reingest_tasks, release_tasks, upkeep_tasks
                           the tasks of the DAGs; each calls one function of the package
assets, tags, defaults, dag_names
                           what DAG files are made of; time_limits of tasks
feed_dags, feed_manual     which feeds have a DAG, and what its page says
task_settings              settings of a task, with secrets of Airflow; inbox_connection is one
failures                   every error becomes "retry" or "do not", and is told without data
roles                      who may do what in the UI, where the auth manager is FAB
manual, document_plugin    docs/dags.md from the DAG files; documents in Airflow's UI

While a DAG file is parsed no database is asked, and of the settings only where contracts lie.
"""
