"""Tell people what fails: once per cause, for certain, and by a process that is not Airflow.

`incident_states`, `task_states` and `scheduler_states` read what is the case; `outbox` compares it
with what was told and writes messages; `deliveries` hands them out to one sender at a time;
`email_channel` and `webhook_channel` send them; `sender` does all of it, every few seconds;
`heartbeat` is what somebody outside watches.
"""
