-- What a plan gathers on its way: who the patient's contact is, how far a referral has come, appointments.
ALTER TABLE plans
    ADD COLUMN purpose text NOT NULL DEFAULT 'discharge',
    ADD COLUMN sender_team text NOT NULL DEFAULT '',
    ADD COLUMN contact jsonb,
    ADD COLUMN referral jsonb,
    ADD COLUMN appointments jsonb NOT NULL DEFAULT '[]',
    ADD COLUMN replies integer NOT NULL DEFAULT 0;
UPDATE plans SET sender_team = coordinator_team;

ALTER TABLE plan_tasks
    ADD COLUMN priority text NOT NULL DEFAULT 'routine',
    ADD COLUMN moved boolean NOT NULL DEFAULT false;

ALTER TABLE alerts
    DROP CONSTRAINT alerts_tell_of_something,
    ADD CONSTRAINT alerts_tell_of_something CHECK (kind IN (
        'opened', 'duty', 'added', 'offered', 'handed-on', 'redirected', 'declined', 'unanswered', 'warned',
        'escalated', 'still-late', 'changed', 'reopened', 'referral', 'withdrawn', 'referred', 'moved', 'contact',
        'returned', 'called-off', 'appointment-booked', 'appointment-moved', 'appointment-cancelled',
        'appointment-missed')),
    ADD COLUMN about uuid,
    ADD COLUMN about_team text NOT NULL DEFAULT '',
    ADD COLUMN milestone text NOT NULL DEFAULT '',
    ADD COLUMN priority text NOT NULL DEFAULT 'routine',
    -- It waits for its team's one message of the day.
    ADD COLUMN digest boolean NOT NULL DEFAULT false,
    -- It shares one message with what else its team is due.
    ADD COLUMN together boolean NOT NULL DEFAULT false,
    ADD CONSTRAINT alerts_go_together_to_teams CHECK (NOT together OR audience = 'team'),
    ADD CONSTRAINT alerts_of_a_digest_go_together CHECK (NOT digest OR together);
CREATE INDEX alerts_waiting_together ON alerts (team, next_attempt_at) WHERE state = 'waiting' AND together;

-- Which team had its digest on which day: one each, whatever happens.
CREATE TABLE digests (
    team text NOT NULL,
    day date NOT NULL,
    PRIMARY KEY (team, day)
);

-- What referral says of teams; it counts before the data file.
CREATE TABLE teams (
    team text PRIMARY KEY,
    name text NOT NULL,
    phone text NOT NULL,
    email text NOT NULL,
    active boolean NOT NULL,
    described_at timestamptz NOT NULL
);

-- What patients answered on their pages. The key comes from the form: sent twice, it is one answer.
CREATE TABLE replies (
    reply_id uuid PRIMARY KEY,
    handover_id uuid NOT NULL,
    reply text NOT NULL
        CONSTRAINT replies_say_something
        CHECK (reply IN ('getting-worse', 'coordinator-agreed', 'coordinator-changed')),
    team text NOT NULL,
    received_at timestamptz NOT NULL
);
CREATE INDEX replies_of_handover ON replies (handover_id, received_at);
