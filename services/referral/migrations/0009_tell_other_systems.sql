-- Other systems read tasks as FHIR, ask what changed since they last looked, and are told that something did.

-- What readers see of a task has a version and the time of its last change. A warning changes nothing that they see.
ALTER TABLE tasks
    ADD COLUMN version integer NOT NULL DEFAULT 1,
    ADD COLUMN changed_at timestamptz NOT NULL DEFAULT now();
ALTER TABLE tasks ALTER COLUMN changed_at SET DEFAULT clock_timestamp();
-- The first for what a team is accountable for, the second for everything that somebody may see.
CREATE INDEX tasks_of_a_team_by_change ON tasks (owner_team, changed_at, task_id);
CREATE INDEX tasks_by_change ON tasks (changed_at, task_id);

CREATE FUNCTION count_change() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    NEW.version := OLD.version + 1;
    NEW.changed_at := greatest(clock_timestamp(), OLD.changed_at + interval '1 microsecond');
    RETURN NEW;
END
$$;
CREATE TRIGGER tasks_count_their_changes
    BEFORE UPDATE OF status, status_reason, owner_team, owner_person, due_at, not_before, offer_id, priority,
                     escalated_at, closed_at ON tasks
    FOR EACH ROW EXECUTE FUNCTION count_change();

-- A task as other systems read it.
CREATE VIEW task_records AS
SELECT t.task_id, t.version, t.changed_at, t.handover_id, t.code, t.rule_id, t.rule_version, t.status, t.status_reason,
       t.priority, t.owner_team, t.owner_person, t.due_at, t.not_before, t.closed_at, t.escalated_at, t.follows,
       h.purpose, h.spell_id, h.patient_key, h.test_patient,
       coalesce(r.title, t.code) AS title,
       coalesce(nullif(o.from_team, ''), h.sender_team) AS requester_team, o.team AS offer_team,
       (SELECT w.since FROM ownership w WHERE w.subject = t.task_id ORDER BY w.since LIMIT 1) AS authored_at,
       p.nhs_number, p.nhs_number_verified, p.restricted, p.identity_held
FROM tasks t
JOIN handovers h USING (handover_id)
LEFT JOIN offers o ON o.offer_id = t.offer_id
LEFT JOIN rule_versions r ON r.rule_id = t.rule_id AND r.version = t.rule_version
LEFT JOIN known_people p ON p.patient_key = h.patient_key;

-- Where a team's system wants to hear of what happens. Its signing secret is derived from the site's secret and a
-- salt, so that a copy of this table signs nothing. After a change of secret the one before it signs too, for a day.
CREATE TABLE webhook_subscriptions (
    subscription_id uuid PRIMARY KEY,
    team text NOT NULL CONSTRAINT webhooks_belong_to_a_team CHECK (team <> ''),
    url text NOT NULL CONSTRAINT webhooks_go_somewhere CHECK (url <> ''),
    events text[] NOT NULL CONSTRAINT webhooks_are_about_something CHECK (events <> '{}'),
    state text NOT NULL DEFAULT 'active'
        CONSTRAINT webhooks_know_their_states CHECK (state IN ('active', 'paused', 'disabled')),
    state_because text NOT NULL DEFAULT '',
    salt bytea NOT NULL,
    previous_salt bytea,
    previous_until timestamptz,
    failing_since timestamptz,
    failures integer NOT NULL DEFAULT 0,
    made_at timestamptz NOT NULL,
    made_by text NOT NULL,
    CONSTRAINT webhooks_disabled_for_a_reason CHECK (state <> 'disabled' OR state_because <> '')
);
CREATE INDEX webhooks_that_listen ON webhook_subscriptions (team) WHERE state = 'active';

-- One message to one subscription: what happened to what, never to whom.
CREATE TABLE webhook_deliveries (
    delivery_id uuid PRIMARY KEY DEFAULT gen_random_uuid(),
    subscription_id uuid NOT NULL REFERENCES webhook_subscriptions ON DELETE CASCADE,
    event_id uuid NOT NULL,
    type text NOT NULL,
    occurred_at timestamptz NOT NULL,
    subject uuid NOT NULL,
    resource text NOT NULL,
    state text NOT NULL DEFAULT 'waiting'
        CONSTRAINT webhook_deliveries_know_their_states CHECK (state IN ('waiting', 'delivered', 'given-up')),
    attempts integer NOT NULL DEFAULT 0,
    next_at timestamptz NOT NULL DEFAULT clock_timestamp(),
    lease uuid,
    answer text NOT NULL DEFAULT '',
    made_at timestamptz NOT NULL DEFAULT clock_timestamp(),
    ended_at timestamptz,
    CONSTRAINT webhook_deliveries_end_with_a_time CHECK ((state = 'waiting') = (ended_at IS NULL))
);
CREATE INDEX webhook_deliveries_due ON webhook_deliveries (next_at) WHERE state = 'waiting';
CREATE INDEX webhook_deliveries_of_a_subscription ON webhook_deliveries (subscription_id, made_at DESC, delivery_id);

-- Written in the transaction of the fact, for the teams that are party to its handover; nothing where nobody listens.
CREATE FUNCTION tell_webhooks() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF EXISTS (SELECT FROM webhook_subscriptions WHERE state = 'active') THEN
        INSERT INTO webhook_deliveries (subscription_id, event_id, type, occurred_at, subject, resource)
        SELECT s.subscription_id, said.event_id, said.type, said.occurred_at,
               coalesce(said.task_id, said.handover_id),
               CASE WHEN said.task_id IS NULL THEN 'handovers/' || said.handover_id ELSE 'fhir/Task/' || said.task_id END
        FROM (
            SELECT o.event_id, o.type, o.occurred_at, split_part(o.stream, ':', 2)::uuid AS handover_id,
                   (convert_from(o.body, 'UTF8')::jsonb ->> 'task_id')::uuid AS task_id
            FROM made JOIN outbox o USING (event_id)
            WHERE o.stream LIKE 'handover:%'
        ) AS said
        JOIN parties p ON p.handover_id = said.handover_id
        JOIN webhook_subscriptions s ON s.team = p.team AND s.state = 'active'
                                    AND (said.type = ANY(s.events) OR '*' = ANY(s.events));
    END IF;
    RETURN NULL;
END
$$;
CREATE TRIGGER outbox_tells_webhooks AFTER INSERT ON outbox_pending
    REFERENCING NEW TABLE AS made FOR EACH STATEMENT EXECUTE FUNCTION tell_webhooks();
