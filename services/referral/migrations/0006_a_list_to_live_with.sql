-- The list that a team lives with: most pressing first, a heading a patient, put away for a while, looked after by a deputy.

-- A task that waits for something leaves the list for a while. It stays owned, and its deadline rings as before.
ALTER TABLE tasks
    ADD COLUMN snoozed_until timestamptz,
    ADD COLUMN snoozed_because text NOT NULL DEFAULT '',
    ADD CONSTRAINT tasks_snoozed_for_a_reason CHECK (snoozed_until IS NULL OR snoozed_because <> '');

-- The most pressing of what an offer asks, and the skills that it takes: the list need not look at its tasks.
ALTER TABLE offers
    ADD COLUMN priority smallint NOT NULL DEFAULT 0
        CONSTRAINT offers_know_their_priorities CHECK (priority BETWEEN 0 AND 3),
    ADD COLUMN skills text[] NOT NULL DEFAULT '{}';
UPDATE offers o SET priority = asked.priority, skills = asked.skills
FROM (SELECT offer_id, max(priority) AS priority, array_agg(DISTINCT skill) AS skills
      FROM tasks WHERE offer_id IS NOT NULL GROUP BY offer_id) AS asked
WHERE o.offer_id = asked.offer_id;

CREATE FUNCTION ask_another_for_a_task() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    UPDATE offers
    SET priority = greatest(priority, NEW.priority),
        skills = CASE WHEN NEW.skill = ANY(skills) THEN skills ELSE skills || NEW.skill END
    WHERE offer_id = NEW.offer_id;
    RETURN NULL;
END
$$;
CREATE TRIGGER offers_know_what_they_ask AFTER UPDATE OF offer_id ON tasks
    FOR EACH ROW WHEN (NEW.offer_id IS NOT NULL AND NEW.offer_id IS DISTINCT FROM OLD.offer_id)
    EXECUTE FUNCTION ask_another_for_a_task();

-- One index holds everything open, and carries what the list is narrowed and ordered by: a team's whole list is read
-- without a look at the table. What is closed leaves it, so it stays as small as the work that there is.
DROP INDEX tasks_to_do, tasks_on_offer, offers_waiting;
CREATE INDEX tasks_open ON tasks (owner_team, due_at, task_id)
    INCLUDE (handover_id, status, priority, skill, owner_person, snoozed_until) WHERE closed_at IS NULL;
CREATE INDEX offers_waiting ON offers (team, due_at, offer_id) INCLUDE (handover_id, priority, skills)
    WHERE state = 'offered';
CREATE INDEX offers_passed_on ON offers (handover_id) WHERE state = 'offered' AND redirect_count > 0;

-- By whom silence was told to: a team that is told of little finds it among much.
DROP INDEX tasks_escalated;
CREATE INDEX tasks_told ON tasks USING gin (told_teams) WHERE escalated_at IS NOT NULL AND closed_at IS NULL;

CREATE INDEX handovers_without_a_coordinator ON handovers (owner_team, opened_at)
    WHERE state = 'open' AND coordinator_state = 'missing';

-- When a team first looked at a handover or at one of its tasks.
CREATE TABLE seen (
    subject uuid NOT NULL,
    team text NOT NULL CONSTRAINT seen_by_a_team CHECK (team <> ''),
    handover_id uuid NOT NULL REFERENCES handovers,
    seen_at timestamptz NOT NULL,
    seen_by text NOT NULL CONSTRAINT seen_by_somebody CHECK (seen_by <> ''),
    PRIMARY KEY (subject, team)
);

-- What became of each of several tasks that were done together: kept so that the answer can be shown.
CREATE TABLE done_together (
    bulk_id uuid NOT NULL,
    task_id uuid NOT NULL,
    act text NOT NULL CONSTRAINT done_together_knows_its_acts CHECK (act IN ('complete', 'note', 'claim')),
    done_at timestamptz NOT NULL,
    done_by text NOT NULL,
    -- Empty: it was done; otherwise why not, as it was said.
    refused text NOT NULL DEFAULT '',
    PRIMARY KEY (bulk_id, task_id)
);

-- Who looked somebody up at the front desk or across the place. Nobody can change or delete what stands here.
CREATE TABLE look_ups (
    looked_at timestamptz NOT NULL DEFAULT clock_timestamp(),
    looked_by text NOT NULL CONSTRAINT look_ups_name_somebody CHECK (looked_by <> ''),
    teams text[] NOT NULL,
    page text NOT NULL CONSTRAINT look_ups_know_their_pages CHECK (page IN ('reception', 'out-of-hours')),
    -- Empty where it is a list.
    patient_key text NOT NULL DEFAULT '',
    shown integer NOT NULL
);
CREATE INDEX look_ups_of_a_patient ON look_ups (patient_key, looked_at);
CREATE FUNCTION keep_look_ups() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'who looked at what stays written down'
        USING ERRCODE = 'check_violation', CONSTRAINT = 'look_ups_stay';
END
$$;
CREATE TRIGGER look_ups_stay BEFORE UPDATE OR DELETE ON look_ups FOR EACH STATEMENT EXECUTE FUNCTION keep_look_ups();

CREATE OR REPLACE VIEW shown_tasks AS
SELECT t.task_id, t.handover_id, t.code, t.owner_team, t.status, t.status_reason, t.needs_outcome, t.anchored_at,
       t.not_before, t.due_at, t.escalated_at, t.told_teams, t.closed_at, t.offer_id, t.rule_id, t.rule_version,
       (t.closed_at IS NULL AND t.due_at <= clock_timestamp()) AS late,
       o.team AS offer_team, o.state AS offer_state, h.state AS handover_state, h.patient_key,
       r.title, r.force, r.source, r.confidence, r.local_defaults, r.counting, r.help_why, r.help_done,
       r.help_not_yours,
       p.family, p.given, p.birth_date, p.nhs_number, p.nhs_number_verified, p.deceased, p.restricted,
       p.identity_held, t.skill, t.priority, t.owner_person, t.working, t.ladder_step, t.rings_at,
       t.snoozed_until, t.snoozed_because, h.coordinator_state, h.owner_team AS coordinator_team
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
       p.identity_held, o.priority, o.skills, o.from_team, o.redirects, o.redirect_count, o.accept_by, o.unanswered,
       o.made_because, h.coordinator_state, h.purpose
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
       (SELECT n.handover_id FROM handovers n WHERE n.replaces = h.handover_id) AS replaced_by,
       h.coordinator_state, h.coordinator_at, h.coordinator_name, h.coordinator_phone
FROM handovers h
LEFT JOIN known_people p ON p.patient_key = h.patient_key
CROSS JOIN LATERAL (
    SELECT count(*) AS open_tasks, min(due_at) AS next_due_at
    FROM tasks t WHERE t.handover_id = h.handover_id AND t.closed_at IS NULL
) AS undone;
