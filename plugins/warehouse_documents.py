"""Airflow finds its plugins in the files of this folder: this one shows the documents."""

from health_warehouse.orchestration.document_plugin import DocumentPlugin

__all__ = ["DocumentPlugin"]
