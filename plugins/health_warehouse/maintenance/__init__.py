"""Upkeep of the warehouse: what is older than its bound goes, statistics are renewed.

Each step works in short transactions of bounded size, gives way to whoever else needs a lock, and
is killed at any instant without loss: the next run goes on. What is needed for conservation,
rebuilding or roll-back stays, whatever the bounds say (docs/operations/maintenance.md).
"""
