-- What people read: the tables of 0001 joined the way the worklist, the handover page and the lists show them.

CREATE VIEW shown_tasks AS
SELECT t.task_id, t.handover_id, t.code, t.owner_team, t.status, t.status_reason, t.needs_outcome, t.anchored_at,
       t.not_before, t.due_at, t.escalated_at, t.told_teams, t.closed_at, t.offer_id, t.rule_id, t.rule_version,
       (t.closed_at IS NULL AND t.due_at <= clock_timestamp()) AS late,
       o.team AS offer_team, o.state AS offer_state, h.state AS handover_state, h.patient_key,
       r.title, r.force, r.source, r.confidence, r.local_defaults, r.counting, r.help_why, r.help_done,
       r.help_not_yours,
       p.family, p.given, p.birth_date, p.nhs_number, p.nhs_number_verified, p.deceased, p.restricted
FROM tasks t
JOIN handovers h USING (handover_id)
LEFT JOIN offers o ON o.offer_id = t.offer_id
LEFT JOIN rule_versions r ON r.rule_id = t.rule_id AND r.version = t.rule_version
LEFT JOIN people p ON p.patient_key = h.patient_key;

CREATE VIEW shown_offers AS
SELECT o.offer_id, o.handover_id, o.team, o.role, o.instead_of, o.state, o.due_at, o.answered_at, o.answered_by,
       o.answered_because, h.sender_team, h.owner_team AS coordinator_team, h.clock_started_at, h.opened_at,
       h.patient_key, asked.titles,
       p.family, p.given, p.birth_date, p.nhs_number, p.nhs_number_verified, p.deceased, p.restricted
FROM offers o
JOIN handovers h USING (handover_id)
LEFT JOIN people p ON p.patient_key = h.patient_key
CROSS JOIN LATERAL (
    SELECT coalesce(array_agg(coalesce(r.title, t.code) ORDER BY t.due_at, t.task_id), '{}') AS titles
    FROM tasks t LEFT JOIN rule_versions r ON r.rule_id = t.rule_id AND r.version = t.rule_version
    WHERE t.handover_id = o.handover_id AND t.offer_id = o.offer_id
) AS asked;

CREATE VIEW shown_handovers AS
SELECT h.handover_id, h.spell_id, h.sender, h.sender_team, h.owner_team AS coordinator_team, h.clock_started_at,
       h.opened_at, h.state, h.closed_at, h.closed_by, h.closed_because, h.test_patient, h.patient_key,
       undone.open_tasks, undone.next_due_at,
       p.family, p.given, p.birth_date, p.nhs_number, p.nhs_number_verified, p.deceased, p.restricted
FROM handovers h
LEFT JOIN people p ON p.patient_key = h.patient_key
CROSS JOIN LATERAL (
    SELECT count(*) AS open_tasks, min(due_at) AS next_due_at
    FROM tasks t WHERE t.handover_id = h.handover_id AND t.closed_at IS NULL
) AS undone;
