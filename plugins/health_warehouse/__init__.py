"""The provincial health data warehouse: one package for the CLI, the DAGs and the tests."""
