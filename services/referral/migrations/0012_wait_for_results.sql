-- Results that were missing when a patient left: each is a task of its own, with the team that ordered the test.

-- `about` is the name of the test as staff call it. It stays in this database: no event, log line or message holds it.
ALTER TABLE tasks
    ADD COLUMN about text NOT NULL DEFAULT '',
    ADD COLUMN ordered_by text NOT NULL DEFAULT '',
    ADD COLUMN expected_on date;
UPDATE tasks t SET about = 'Results of this stay', ordered_by = h.sender_team
FROM handovers h WHERE h.handover_id = t.handover_id AND t.closed_at IS NULL AND t.rule_id = 'R05';
ALTER TABLE tasks
    ADD CONSTRAINT tasks_about_a_result_that_somebody_ordered CHECK ((about = '') = (ordered_by = '')),
    ADD CONSTRAINT tasks_expect_results_alone CHECK (expected_on IS NULL OR ordered_by <> '');

-- The register: what a team looks for, what it ordered and another team has accepted since, and what it is asked to take.
CREATE INDEX results_missing ON tasks (owner_team, due_at, task_id) WHERE closed_at IS NULL AND ordered_by <> '';
CREATE INDEX results_ordered ON tasks (ordered_by, due_at, task_id) WHERE closed_at IS NULL AND ordered_by <> '';
CREATE INDEX results_offered ON tasks (offer_id) WHERE closed_at IS NULL AND ordered_by <> '' AND offer_id IS NOT NULL;

CREATE OR REPLACE VIEW shown_tasks AS
SELECT t.task_id, t.handover_id, t.code, t.owner_team, t.status, t.status_reason, t.needs_outcome, t.anchored_at,
       t.not_before, t.due_at, t.escalated_at, t.told_teams, t.closed_at, t.offer_id, t.rule_id, t.rule_version,
       (t.closed_at IS NULL AND t.due_at <= clock_timestamp()) AS late,
       o.team AS offer_team, o.state AS offer_state, h.state AS handover_state, h.patient_key,
       r.title, r.force, r.source, r.confidence, r.local_defaults, r.counting, r.help_why, r.help_done,
       r.help_not_yours,
       p.family, p.given, p.birth_date, p.nhs_number, p.nhs_number_verified, p.deceased, p.restricted,
       p.identity_held, t.skill, t.priority, t.owner_person, t.working, t.ladder_step, t.rings_at,
       t.snoozed_until, t.snoozed_because, h.coordinator_state, h.owner_team AS coordinator_team,
       t.about, t.ordered_by, t.expected_on
FROM tasks t
JOIN handovers h USING (handover_id)
LEFT JOIN offers o ON o.offer_id = t.offer_id
LEFT JOIN rule_versions r ON r.rule_id = t.rule_id AND r.version = t.rule_version
LEFT JOIN known_people p ON p.patient_key = h.patient_key;

-- What is asked for says of which result, so that nobody has to accept blindly.
CREATE OR REPLACE VIEW shown_offers AS
SELECT o.offer_id, o.handover_id, o.team, o.role, o.instead_of, o.state, o.due_at, o.answered_at, o.answered_by,
       o.answered_because, h.sender_team, h.owner_team AS coordinator_team, h.clock_started_at, h.opened_at,
       h.patient_key, asked.titles,
       p.family, p.given, p.birth_date, p.nhs_number, p.nhs_number_verified, p.deceased, p.restricted,
       p.identity_held, o.priority, o.skills, o.from_team, o.redirects, o.redirect_count, o.accept_by, o.unanswered,
       o.made_because, h.coordinator_state, h.purpose
FROM offers o
JOIN handovers h USING (handover_id)
LEFT JOIN known_people p ON p.patient_key = h.patient_key
CROSS JOIN LATERAL (
    SELECT coalesce(array_agg(CASE WHEN t.about = '' THEN '' ELSE t.about || ': ' END || coalesce(r.title, t.code)
                              ORDER BY t.due_at, t.task_id), '{}') AS titles
    FROM tasks t LEFT JOIN rule_versions r ON r.rule_id = t.rule_id AND r.version = t.rule_version
    WHERE t.handover_id = o.handover_id AND t.offer_id = o.offer_id
) AS asked;
