-- Other systems read tasks as FHIR, ask what changed since they last looked, and are told that something did.

-- What readers see of a task has a version and the time of its last change. A warning changes nothing that they see.
ALTER TABLE tasks
    ADD COLUMN version integer NOT NULL DEFAULT 1,
    ADD COLUMN updated_at timestamptz NOT NULL DEFAULT now();
ALTER TABLE tasks ALTER COLUMN updated_at SET DEFAULT clock_timestamp();
-- The first for what a team is accountable for, the second for everything that somebody may see.
CREATE INDEX tasks_of_a_team_by_update ON tasks (owner_team, updated_at, task_id);
CREATE INDEX tasks_by_update ON tasks (updated_at, task_id);

CREATE FUNCTION count_change() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    NEW.version := OLD.version + 1;
    NEW.updated_at := greatest(clock_timestamp(), OLD.updated_at + interval '1 microsecond');
    RETURN NEW;
END
$$;
CREATE TRIGGER tasks_count_their_changes
    BEFORE UPDATE OF status, status_reason, owner_team, owner_person, due_at, not_before, offer_id, priority,
                     escalated_at, closed_at ON tasks
    FOR EACH ROW EXECUTE FUNCTION count_change();

ALTER TABLE service_requests
    ADD COLUMN version integer NOT NULL DEFAULT 1,
    ADD COLUMN updated_at timestamptz NOT NULL DEFAULT clock_timestamp();
CREATE INDEX service_requests_by_update ON service_requests (updated_at, service_request);
CREATE TRIGGER service_requests_count_their_changes BEFORE UPDATE ON service_requests
    FOR EACH ROW EXECUTE FUNCTION count_change();

ALTER TABLE appointments
    ADD COLUMN version integer NOT NULL DEFAULT 1,
    ADD COLUMN updated_at timestamptz NOT NULL DEFAULT clock_timestamp();
CREATE INDEX appointments_by_update ON appointments (updated_at, appointment_id);
CREATE TRIGGER appointments_count_their_changes BEFORE UPDATE ON appointments
    FOR EACH ROW EXECUTE FUNCTION count_change();

-- A request shows what its referral says, so it changes with it as long as it stands.
CREATE FUNCTION change_the_request() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    UPDATE service_requests SET status = status WHERE service_request = NEW.service_request;
    RETURN NULL;
END
$$;
CREATE TRIGGER referrals_change_their_request
    AFTER UPDATE OF patient_key, kind, priority, specialty, use_case, requisition ON referrals
    FOR EACH ROW EXECUTE FUNCTION change_the_request();

-- What other systems read: a task, a referral as the request that stands or stood for it, and an appointment.
CREATE VIEW task_records AS
SELECT t.task_id, t.version, t.updated_at, t.handover_id, t.code, t.rule_id, t.rule_version, t.status, t.status_reason,
       t.priority, t.owner_team, t.owner_person, t.due_at, t.not_before, t.closed_at, t.escalated_at, t.follows,
       h.spell_id, f.service_request, h.patient_key, h.test_patient,
       coalesce(r.title, t.code) AS title,
       coalesce(nullif(o.from_team, ''), h.sender_team) AS requester_team,
       (SELECT w.since FROM ownership w WHERE w.subject = t.task_id ORDER BY w.since LIMIT 1) AS authored_at,
       p.nhs_number, p.nhs_number_verified, p.restricted, p.identity_held
FROM tasks t
JOIN handovers h USING (handover_id)
LEFT JOIN offers o ON o.offer_id = t.offer_id
LEFT JOIN referrals f ON f.handover_id = t.handover_id
LEFT JOIN rule_versions r ON r.rule_id = t.rule_id AND r.version = t.rule_version
LEFT JOIN known_people p ON p.patient_key = h.patient_key;

CREATE VIEW service_request_records AS
SELECT s.service_request, s.version, s.updated_at, s.status, s.team, s.replaces, s.made_at,
       f.handover_id, f.requisition, f.kind, f.priority, f.specialty, f.referrer, f.patient_key,
       h.test_patient, p.nhs_number, p.nhs_number_verified, p.restricted, p.identity_held
FROM service_requests s
JOIN referrals f USING (referral_id)
JOIN handovers h USING (handover_id)
LEFT JOIN known_people p ON p.patient_key = f.patient_key;

CREATE VIEW appointment_records AS
SELECT a.appointment_id, a.version, a.updated_at, a.handover_id, a.team, a.starts_at,
       CASE a.status WHEN 'cancelled' THEN 'cancelled' WHEN 'missed' THEN 'noshow' WHEN 'attended' THEN 'fulfilled'
                     ELSE 'booked' END AS status,
       f.service_request, f.patient_key,
       h.test_patient, p.nhs_number, p.nhs_number_verified, p.restricted, p.identity_held
FROM appointments a
JOIN referrals f USING (referral_id)
JOIN handovers h ON h.handover_id = a.handover_id
LEFT JOIN known_people p ON p.patient_key = f.patient_key;

-- Where a team's system wants to hear of what happens. Its signing secret is derived from the site's secret and a
-- salt, so that a copy of this table signs nothing. After a change of secret the one before it signs too, for a day.
CREATE TABLE webhook_subscriptions (
    subscription_id uuid PRIMARY KEY,
    team text NOT NULL CONSTRAINT webhooks_belong_to_a_team CHECK (team <> ''),
    url text NOT NULL CONSTRAINT webhooks_go_somewhere CHECK (url <> ''),
    events text[] NOT NULL CONSTRAINT webhooks_are_about_something CHECK (events <> '{}'),
    -- `ping` says that something happened, `reference` to what.
    payload text NOT NULL DEFAULT 'ping'
        CONSTRAINT webhooks_know_their_payloads CHECK (payload IN ('ping', 'reference')),
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
CREATE INDEX webhooks_switched_off ON webhook_subscriptions (team) WHERE state = 'disabled';
CREATE INDEX webhooks_that_listen ON webhook_subscriptions (team) WHERE state = 'active';

-- One message to one subscription: what happened to what, never to whom. A lease is one attempt's claim on it.
CREATE TABLE webhook_deliveries (
    delivery_id uuid PRIMARY KEY DEFAULT gen_random_uuid(),
    subscription_id uuid NOT NULL REFERENCES webhook_subscriptions ON DELETE CASCADE,
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
CREATE INDEX webhook_deliveries_due ON webhook_deliveries (subscription_id, next_at) WHERE state = 'waiting';
CREATE INDEX webhook_deliveries_made ON webhook_deliveries (subscription_id, made_at, delivery_id);

-- Written in the transaction of the fact, for the teams that are party to its handover; nothing where nobody listens.
CREATE FUNCTION tell_webhooks() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF EXISTS (SELECT FROM webhook_subscriptions WHERE state = 'active') THEN
        INSERT INTO webhook_deliveries (subscription_id, type, occurred_at, subject, resource)
        SELECT s.subscription_id, said.type, said.occurred_at, said.subject, said.kind || said.subject
        FROM (
            SELECT o.type, o.occurred_at, o.handover_id, about.kind, (o.body ->> about.key)::uuid AS subject
            FROM (SELECT type, occurred_at, split_part(stream, ':', 2)::uuid AS handover_id,
                         convert_from(body, 'UTF8')::jsonb AS body
                  FROM made JOIN outbox USING (event_id) WHERE stream LIKE 'handover:%') AS o
            CROSS JOIN LATERAL (
                SELECT kind, key
                FROM (VALUES (1, 'task_id', '/fhir/Task/'), (2, 'appointment_id', '/fhir/Appointment/'),
                             (3, 'service_request', '/fhir/ServiceRequest/'), (4, 'handover_id', '/handovers/'))
                     AS known (place, key, kind)
                WHERE o.body ->> key IS NOT NULL ORDER BY place LIMIT 1
            ) AS about
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
