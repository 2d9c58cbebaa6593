"""What senders and we promise, as declarations: no database, no Airflow, nothing runs here.

`rules/` says what a rule is and generates SQL from one; `landing/` holds the promises of the
sender, `marts/` the promises to readers, one small file per rule; `registry` lists them all.
"""
