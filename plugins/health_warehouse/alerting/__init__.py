"""Tell people what fails: once per cause, for certain, and by a process that is not Airflow.

sender                     one pass of all of it, and again every few seconds
conditions                 a cause of failure as it is now, by incident_states, facility_states,
                           delivery_states, task_states, model_states, dag_states and
                           scheduler_states
metadata                   Airflow's own database, where the last four of them look
outbox                     what is the case against what was told: messages to write
message, wording, phrases  what a message says, in two languages; digest is the daily one
deliveries, channels       messages handed out, and to whom: email_channel, webhook_channel
outage                     the database itself is away: told without the outbox, which lies in it
heartbeat, health          what somebody outside watches
listing, trial             alerts as people list them; a message that says that messages arrive
"""
