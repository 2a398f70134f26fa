"""The floor: three processes that do the same durable work as the services, and nothing else.

It is the unit of measure, so change it only to keep in step with the services or to make it faster. What it mirrors
for each discharge of the bench (`bench/work.py` compares both to the last digit):

    process    tables it fills                                                      events it says
    discharge  source_messages 1, patients 1, patient_identifiers 1, spells 1       patient.described, spell.discharged
    referral   people 1, handovers 1, offers 3, tasks 4, parties 4, timers 5,       handover.opened
               ownership 5 (its triggers write them)
    notify     people 1, plans 1, plan_tasks 4, alerts 5

Same tables, constraints, triggers and roles; same topics, keys, headers and bodies; a message is answered after its
commit. Left out: inbox, outbox and relay, checks and refusals, duplicates and late words, rules and directory as
data, counts of what each source sends, retries, parking, logs, metrics, health, HTTP. It would lose and double
messages at the first trouble.
"""
