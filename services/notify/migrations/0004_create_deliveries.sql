-- Every attempt to reach somebody: the record of what was said to whom (rule P05), without addresses.
CREATE TABLE deliveries (
    alert_id uuid NOT NULL REFERENCES alerts,
    attempt integer NOT NULL CONSTRAINT deliveries_count_from_one CHECK (attempt > 0),
    channel text NOT NULL,
    template text NOT NULL,
    template_version integer NOT NULL,
    said jsonb NOT NULL,
    started_at timestamptz NOT NULL,
    ended_at timestamptz,
    outcome text CONSTRAINT deliveries_end_in_words CHECK (outcome IN ('taken', 'try-later', 'refused')),
    reason text NOT NULL DEFAULT '',
    PRIMARY KEY (alert_id, attempt),
    CONSTRAINT deliveries_end_whole CHECK ((ended_at IS NULL) = (outcome IS NULL))
);

-- Private links of patients: the hash finds the row, the token itself is kept nowhere.
CREATE TABLE links (
    token_hash bytea PRIMARY KEY CONSTRAINT links_keep_a_sha256 CHECK (octet_length(token_hash) = 32),
    alert_id uuid NOT NULL,
    attempt integer NOT NULL,
    handover_id uuid NOT NULL,
    patient_key text NOT NULL,
    purpose text NOT NULL,
    made_at timestamptz NOT NULL,
    expires_at timestamptz NOT NULL,
    revoked_at timestamptz,
    FOREIGN KEY (alert_id, attempt) REFERENCES deliveries
);
CREATE INDEX links_of_patient ON links (patient_key);
CREATE INDEX links_of_attempt ON links (alert_id, attempt);
