-- How far each referral has got. Its handover is written in the same transaction, after it.
CREATE TABLE referrals (
    referral_id uuid PRIMARY KEY,
    handover_id uuid NOT NULL UNIQUE REFERENCES handovers DEFERRABLE INITIALLY DEFERRED,
    patient_key text NOT NULL,
    referrer text NOT NULL CONSTRAINT referrals_have_a_referrer CHECK (referrer <> ''),
    -- What the referrer calls it: the same referral sent twice is one.
    sent_as text NOT NULL,
    requisition text NOT NULL,
    kind text NOT NULL,
    priority text NOT NULL
        CONSTRAINT referrals_know_their_priorities CHECK (priority IN ('routine', 'urgent', 'asap', 'stat')),
    specialty text NOT NULL,
    use_case text NOT NULL,
    state text NOT NULL CONSTRAINT referrals_know_their_states CHECK (state IN (
        'sent', 'received', 'triaged', 'accepted', 'booked', 'attended', 'outcome', 'rejected', 'cancelled')),
    state_since timestamptz NOT NULL,
    state_because text NOT NULL DEFAULT '',
    team text NOT NULL CONSTRAINT referrals_are_with_a_team CHECK (team <> ''),
    service_request uuid NOT NULL UNIQUE,
    received_at timestamptz NOT NULL,
    clock_started_at timestamptz NOT NULL,
    clock_stopped_at timestamptz,
    CONSTRAINT one_referral_for_each_request UNIQUE (referrer, sent_as),
    CONSTRAINT referrals_that_are_over_wait_no_more
        CHECK (state NOT IN ('outcome', 'rejected', 'cancelled') OR clock_stopped_at IS NOT NULL)
);
CREATE INDEX referrals_of_a_patient ON referrals (patient_key);
CREATE INDEX referrals_with_a_team ON referrals (team, referral_id);

-- Each request that stood for a referral: a redirect revokes one and makes another under the same requisition (C9).
CREATE TABLE service_requests (
    service_request uuid PRIMARY KEY,
    referral_id uuid NOT NULL REFERENCES referrals,
    team text NOT NULL,
    replaces uuid UNIQUE REFERENCES service_requests,
    status text NOT NULL CONSTRAINT service_requests_know_their_statuses
        CHECK (status IN ('active', 'revoked', 'completed', 'entered-in-error')),
    status_because text NOT NULL DEFAULT '',
    made_at timestamptz NOT NULL,
    ended_at timestamptz
);
CREATE INDEX service_requests_of_a_referral ON service_requests (referral_id);

CREATE TABLE appointments (
    appointment_id uuid PRIMARY KEY,
    referral_id uuid NOT NULL REFERENCES referrals,
    handover_id uuid NOT NULL REFERENCES handovers,
    team text NOT NULL,
    starts_at timestamptz NOT NULL,
    previous_starts_at timestamptz,
    status text NOT NULL CONSTRAINT appointments_know_their_statuses
        CHECK (status IN ('booked', 'moved', 'cancelled', 'missed', 'attended')),
    changed_at timestamptz NOT NULL,
    changed_by text NOT NULL
);
CREATE INDEX appointments_of_a_referral ON appointments (referral_id, starts_at);
CREATE INDEX appointments_of_a_handover ON appointments (handover_id);

-- What the referrer wrote, for the people who treat; the newest is in force. Erased with the patient.
CREATE TABLE letters (
    letter_id uuid PRIMARY KEY,
    referral_id uuid NOT NULL REFERENCES referrals,
    written_at timestamptz NOT NULL,
    sections jsonb NOT NULL
);
CREATE INDEX letters_of_a_referral ON letters (referral_id, letter_id);
CREATE TABLE attachments (
    attachment_id uuid PRIMARY KEY,
    letter_id uuid NOT NULL REFERENCES letters ON DELETE CASCADE,
    title text NOT NULL,
    content_type text NOT NULL,
    sha256 bytea NOT NULL,
    content bytea NOT NULL
);
CREATE INDEX attachments_of_a_letter ON attachments (letter_id);

-- Every message about a referral that was acted on, so that it is acted on once. No identity.
CREATE TABLE referral_messages (
    sender text NOT NULL,
    message_id text NOT NULL,
    request_id uuid NOT NULL UNIQUE,
    correlation_id uuid NOT NULL,
    referral_id uuid NOT NULL REFERENCES referrals,
    event text NOT NULL,
    reason text NOT NULL,
    digest bytea NOT NULL,
    received_at timestamptz NOT NULL,
    PRIMARY KEY (sender, message_id)
);
CREATE INDEX messages_of_a_referral ON referral_messages (referral_id);
