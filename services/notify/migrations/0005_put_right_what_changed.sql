-- What may change after somebody was told: who a patient is, whether they live, what the handover asks.
ALTER TABLE people
    ADD COLUMN death_status text NOT NULL DEFAULT '',
    ADD COLUMN identity_held boolean NOT NULL DEFAULT false,
    ADD COLUMN replaced_by text
        CONSTRAINT people_are_replaced_by_others CHECK (replaced_by <> patient_key);
CREATE INDEX people_replaced ON people (replaced_by) WHERE replaced_by IS NOT NULL;

ALTER TABLE plans ADD COLUMN back_in_hospital boolean NOT NULL DEFAULT false;
CREATE INDEX plans_of_patient ON plans (patient_key);

ALTER TABLE alerts
    ADD COLUMN because text NOT NULL DEFAULT '',
    DROP CONSTRAINT alerts_tell_of_something,
    ADD CONSTRAINT alerts_tell_of_something
        CHECK (kind IN ('opened', 'duty', 'added', 'declined', 'escalated', 'changed', 'withdrawn'));

CREATE INDEX links_of_handover ON links (handover_id);

-- Messages to patients that had left when they stopped being right: one try to take each back.
CREATE TABLE recalls (
    alert_id uuid PRIMARY KEY REFERENCES alerts,
    reason text NOT NULL,
    channel text NOT NULL,
    sent_at timestamptz NOT NULL,
    wanted_at timestamptz NOT NULL,
    ended_at timestamptz,
    taken_back boolean,
    CONSTRAINT recalls_end_whole CHECK ((ended_at IS NULL) = (taken_back IS NULL))
);
CREATE INDEX recalls_waiting ON recalls (wanted_at) WHERE ended_at IS NULL;
