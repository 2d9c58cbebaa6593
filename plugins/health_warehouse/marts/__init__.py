"""What each mart promises, as its dbt contract says it.

contracts   columns, keys, references, indexes, who sees which rows
manifest    the models and their columns, as dbt tells of the project
"""
