-- Answers to commands that carried an Idempotency-Key, so that a repeat is answered and not done again.
-- Written in the transaction of the command itself; forgotten after 24 hours.
CREATE TABLE idempotent_requests (
    actor text NOT NULL,
    key text NOT NULL CONSTRAINT idempotent_requests_key_is_short CHECK (length(key) BETWEEN 1 AND 200),
    fingerprint bytea NOT NULL CONSTRAINT idempotent_requests_fingerprint_is_sha256
        CHECK (octet_length(fingerprint) = 32),
    status smallint,
    content_type text,
    location text,
    body bytea,
    made_at timestamptz NOT NULL DEFAULT clock_timestamp(),
    PRIMARY KEY (actor, key)
);
CREATE INDEX idempotent_requests_by_age ON idempotent_requests (made_at);
