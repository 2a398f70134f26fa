-- One row for each thing that one person or team should learn.
CREATE TABLE alerts (
    alert_id uuid PRIMARY KEY,
    handover_id uuid NOT NULL,
    patient_key text NOT NULL,
    audience text NOT NULL,
    team text NOT NULL,
    kind text NOT NULL
        CONSTRAINT alerts_tell_of_something
        CHECK (kind IN ('opened', 'duty', 'added', 'declined', 'escalated', 'withdrawn')),
    urgent boolean NOT NULL,
    task_count integer NOT NULL,
    due_at timestamptz,
    last_resort boolean NOT NULL,
    caused_by uuid NOT NULL,
    correlation_id uuid NOT NULL,
    happened_at timestamptz NOT NULL,
    made_at timestamptz NOT NULL,
    state text NOT NULL DEFAULT 'waiting'
        CONSTRAINT alerts_stand_somewhere
        CHECK (state IN ('waiting', 'sent', 'withheld', 'failed', 'revoked')),
    reason text NOT NULL DEFAULT '',
    attempts integer NOT NULL DEFAULT 0,
    next_attempt_at timestamptz NOT NULL,
    lease_owner uuid,
    lease_until timestamptz,
    settled_at timestamptz,
    acknowledged_at timestamptz,
    acknowledged_by text,
    said integer NOT NULL DEFAULT 0,
    CONSTRAINT alerts_know_their_audience
        CHECK (audience = 'patient' AND team = '' OR audience = 'team' AND team <> ''),
    CONSTRAINT alerts_are_leased_whole CHECK ((lease_owner IS NULL) = (lease_until IS NULL)),
    CONSTRAINT alerts_end_once CHECK ((state = 'waiting') = (settled_at IS NULL)),
    CONSTRAINT alerts_withheld_say_why CHECK (state NOT IN ('withheld', 'failed', 'revoked') OR reason <> ''),
    CONSTRAINT alerts_are_seen_by_somebody CHECK ((acknowledged_at IS NULL) = (acknowledged_by IS NULL)),
    -- Nobody is told twice of one fact.
    CONSTRAINT alerts_tell_once UNIQUE (handover_id, caused_by, audience, team)
);
CREATE INDEX alerts_waiting ON alerts (next_attempt_at) WHERE state = 'waiting';
CREATE INDEX alerts_in_flight ON alerts (lease_until) WHERE lease_until IS NOT NULL;
CREATE INDEX alerts_of_team ON alerts (team, alert_id) WHERE audience = 'team';
CREATE INDEX alerts_of_patient ON alerts (patient_key) WHERE audience = 'patient';
