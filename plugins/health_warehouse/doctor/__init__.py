"""`warehouse doctor`: what is wrong with this warehouse, and the remedy for each finding.

finding      what a check says
examine      all checks, each on its own: one that cannot be made is a finding too
machine      disk, permissions, ports
packages     what is installed against the lock file
database     server, schema, roles, grants
logins       how readers' sessions begin, their connections, what every login may do
sessions     forgotten transactions, builds that nobody finishes
waiting      who holds what we wait for, who has a turn and shows no sign of life
vacuuming    tables that need a vacuum, and what holds it back
receipts     files received at a time that is still to come, facilities that stopped
calendar     files that nobody takes in, the table of holidays
feeds        contracts that were not taken up, feeds that nobody describes any more
release      publishing on hold
airflow      its processes and its DAGs
alerts       whether anybody would be told
person_key   it is here, and is the one that patients were hashed with
setting_names  a mistyped setting
contracts    mistakes in contracts of feeds
unfinished   an upgrade or a re-keying that was begun
"""
