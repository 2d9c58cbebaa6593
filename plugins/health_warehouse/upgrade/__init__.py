"""`warehouse upgrade`: bring a warehouse of an older version to this one, data included.

pending.py   is an upgrade due; what may not run before it
plan.py      what it will do, how long, how much disk
shutting.py  readers' logins shut and opened again
run.py       the steps, in order; each may be done again
"""
