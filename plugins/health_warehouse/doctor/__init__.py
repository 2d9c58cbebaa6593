"""`warehouse doctor`: what is wrong with this warehouse, and the remedy for each finding.

finding      what a check says
examine      all checks, each on its own: one that cannot be made is a finding too
machine      disk, permissions, ports
packages     what is installed against the lock file
database     server, schema, roles, grants
sessions     stale locks and sessions, builds that nobody finishes, tables that need a vacuum
receipts     files received at a time that is still to come
release      publishing on hold
airflow      its processes and its DAGs
"""
