"""`warehouse upgrade`: bring a warehouse of an older version to this one, data included.

plan.py      what it will do, how long, how much disk
dossiers.py  versions of claims move among the documents
shutting.py  readers' logins shut and opened again
run.py       the steps, in order; each may be done again
"""
