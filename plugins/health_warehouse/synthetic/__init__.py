"""A fictional province that sends claim files in the real format, with labelled defects.

Public: `generator.generate`, `generator.plan`, `options.Options`, `defects.KINDS`.

Written from the standard (QĐ 4750/QĐ-BYT with 3176 and 1931), never from the code that reads the
files: nothing here imports ingestion, and nothing in ingestion knows of it. Only the order of the
elements comes from `sources/claims/fields.csv`. People, prices and events are invented.
"""
