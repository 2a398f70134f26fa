-- A discharge can be cancelled and come again, be corrected, end in a death or in another stay; records can be merged.

-- A withdrawn handover may be followed by another one of the same stay; at most one is open for each purpose.
ALTER TABLE handovers
    DROP CONSTRAINT one_handover_per_spell,
    ADD COLUMN purpose text NOT NULL DEFAULT 'discharge'
        CONSTRAINT handovers_know_their_purposes CHECK (purpose IN ('discharge', 'loose-end')),
    ADD COLUMN replaces uuid CONSTRAINT handovers_are_replaced_once UNIQUE REFERENCES handovers,
    -- The discharge as last heard: codes and times, no identity. Empty where there is none.
    ADD COLUMN discharge jsonb,
    ADD COLUMN death text NOT NULL DEFAULT ''
        CONSTRAINT handovers_know_of_a_death CHECK (death IN ('', 'said', 'removed')),
    ADD COLUMN readmitted_by uuid;
CREATE UNIQUE INDEX one_open_handover_of_a_spell ON handovers (spell_id, purpose) WHERE state = 'open';
CREATE INDEX handovers_of_a_spell ON handovers (spell_id, handover_id);
CREATE INDEX handovers_ended_by_a_stay ON handovers (readmitted_by) WHERE readmitted_by IS NOT NULL;

-- A team may be asked again after its answer, and never twice at the same time.
ALTER TABLE offers DROP CONSTRAINT one_offer_for_each_team;
CREATE INDEX offers_of_a_handover ON offers (handover_id);
CREATE UNIQUE INDEX one_waiting_offer_for_each_team ON offers (handover_id, team) WHERE state = 'offered';

-- Stays in hospital that began, for discharges of earlier stays that are heard of later.
CREATE TABLE stays (
    spell_id uuid PRIMARY KEY,
    patient_key text NOT NULL,
    admitted_at timestamptz NOT NULL
);
CREATE INDEX stays_of_a_patient ON stays (patient_key, admitted_at);

-- Who must say that they know of a withdrawal. The timer of a notice rings at the close of the team's next working day.
CREATE TABLE stop_notices (
    notice_id uuid PRIMARY KEY,
    handover_id uuid NOT NULL REFERENCES handovers,
    team text NOT NULL,
    withdrawn_at timestamptz NOT NULL,
    acknowledged_at timestamptz,
    CONSTRAINT one_notice_for_each_team UNIQUE (handover_id, team)
);

ALTER TABLE people
    ADD COLUMN death_status text NOT NULL DEFAULT '',
    ADD COLUMN identity_held boolean NOT NULL DEFAULT false,
    ADD COLUMN replaced_by text;

-- What is shown of a patient: the record that took the place of another speaks for both.
CREATE VIEW known_people AS
SELECT k.patient_key, p.family, p.given, p.birth_date, p.nhs_number, p.nhs_number_verified, p.deceased, p.restricted,
       p.identity_held
FROM people k
JOIN people p
  ON p.patient_key = coalesce((SELECT s.patient_key FROM people s WHERE s.patient_key = k.replaced_by), k.patient_key);

CREATE OR REPLACE VIEW shown_tasks AS
SELECT t.task_id, t.handover_id, t.code, t.owner_team, t.status, t.status_reason, t.needs_outcome, t.anchored_at,
       t.not_before, t.due_at, t.escalated_at, t.told_teams, t.closed_at, t.offer_id, t.rule_id, t.rule_version,
       (t.closed_at IS NULL AND t.due_at <= clock_timestamp()) AS late,
       o.team AS offer_team, o.state AS offer_state, h.state AS handover_state, h.patient_key,
       r.title, r.force, r.source, r.confidence, r.local_defaults, r.counting, r.help_why, r.help_done,
       r.help_not_yours,
       p.family, p.given, p.birth_date, p.nhs_number, p.nhs_number_verified, p.deceased, p.restricted,
       p.identity_held
FROM tasks t
JOIN handovers h USING (handover_id)
LEFT JOIN offers o ON o.offer_id = t.offer_id
LEFT JOIN rule_versions r ON r.rule_id = t.rule_id AND r.version = t.rule_version
LEFT JOIN known_people p ON p.patient_key = h.patient_key;

CREATE OR REPLACE VIEW shown_offers AS
SELECT o.offer_id, o.handover_id, o.team, o.role, o.instead_of, o.state, o.due_at, o.answered_at, o.answered_by,
       o.answered_because, h.sender_team, h.owner_team AS coordinator_team, h.clock_started_at, h.opened_at,
       h.patient_key, asked.titles,
       p.family, p.given, p.birth_date, p.nhs_number, p.nhs_number_verified, p.deceased, p.restricted,
       p.identity_held
FROM offers o
JOIN handovers h USING (handover_id)
LEFT JOIN known_people p ON p.patient_key = h.patient_key
CROSS JOIN LATERAL (
    SELECT coalesce(array_agg(coalesce(r.title, t.code) ORDER BY t.due_at, t.task_id), '{}') AS titles
    FROM tasks t LEFT JOIN rule_versions r ON r.rule_id = t.rule_id AND r.version = t.rule_version
    WHERE t.handover_id = o.handover_id AND t.offer_id = o.offer_id
) AS asked;

CREATE OR REPLACE VIEW shown_handovers AS
SELECT h.handover_id, h.spell_id, h.sender, h.sender_team, h.owner_team AS coordinator_team, h.clock_started_at,
       h.opened_at, h.state, h.closed_at, h.closed_by, h.closed_because, h.test_patient, h.patient_key,
       undone.open_tasks, undone.next_due_at,
       p.family, p.given, p.birth_date, p.nhs_number, p.nhs_number_verified, p.deceased, p.restricted,
       p.identity_held, h.purpose, h.replaces,
       (SELECT n.handover_id FROM handovers n WHERE n.replaces = h.handover_id) AS replaced_by
FROM handovers h
LEFT JOIN known_people p ON p.patient_key = h.patient_key
CROSS JOIN LATERAL (
    SELECT count(*) AS open_tasks, min(due_at) AS next_due_at
    FROM tasks t WHERE t.handover_id = h.handover_id AND t.closed_at IS NULL
) AS undone;
