-- Everything a service says. Rows are never changed, and kept so that they can be said again.
CREATE TABLE outbox (
    event_id uuid PRIMARY KEY,
    stream text NOT NULL,
    sequence integer NOT NULL CONSTRAINT outbox_counts_from_one CHECK (sequence > 0),
    topic text NOT NULL,
    key text NOT NULL,
    type text NOT NULL,
    dataschema text NOT NULL,
    occurred_at timestamptz NOT NULL,
    correlation_id uuid NOT NULL,
    causation_id uuid NOT NULL,
    body bytea NOT NULL CONSTRAINT outbox_body_fits_a_record CHECK (octet_length(body) <= 262144),
    recorded_at timestamptz NOT NULL DEFAULT clock_timestamp(),
    CONSTRAINT outbox_counts_each_stream_once UNIQUE (stream, sequence)
);
CREATE INDEX outbox_by_journey ON outbox (correlation_id);

-- What is still to be published. `place` follows the lock order of each stream: a stream's rows are written
-- while its aggregate is locked, so a visible row implies that its elders are visible.
CREATE TABLE outbox_pending (
    event_id uuid PRIMARY KEY,
    place bigint GENERATED ALWAYS AS IDENTITY
) WITH (autovacuum_vacuum_scale_factor = 0, autovacuum_vacuum_threshold = 1000);
CREATE INDEX outbox_pending_in_order ON outbox_pending (place);

-- Who may publish: one process at a time, on the database's clock. The epoch grows with each new holder.
CREATE TABLE relay_lease (
    only_one boolean PRIMARY KEY DEFAULT true CONSTRAINT relay_lease_is_one CHECK (only_one),
    holder uuid NOT NULL,
    epoch bigint NOT NULL,
    expires_at timestamptz NOT NULL
);

-- How far each partition was written, to notice a broker that forgets.
CREATE TABLE relay_position (
    topic text NOT NULL,
    partition integer NOT NULL,
    last_offset bigint NOT NULL,
    published_at timestamptz NOT NULL DEFAULT clock_timestamp(),
    PRIMARY KEY (topic, partition)
);

-- How far each stream was heard. The row is locked before anything is done with the stream.
CREATE TABLE inbox (
    stream text PRIMARY KEY,
    sequence integer NOT NULL,
    event_id uuid NOT NULL,
    heard_at timestamptz NOT NULL DEFAULT clock_timestamp()
);

-- Records that could not be handled yet, as they came. `poison` and `schema` hold everything behind them with the
-- same key; `gap` holds its own stream; `undecodable` and `conflict` hold nobody.
CREATE TABLE parked (
    parked_id uuid PRIMARY KEY,
    topic text NOT NULL,
    partition integer NOT NULL,
    kafka_offset bigint NOT NULL,
    digest bytea NOT NULL,
    key text NOT NULL,
    stream text,
    sequence integer,
    event_id uuid,
    record_key bytea,
    headers jsonb NOT NULL,
    body bytea,
    reason text NOT NULL
        CONSTRAINT parked_says_why CHECK (reason IN ('undecodable', 'schema', 'poison', 'gap', 'behind', 'conflict')),
    error text NOT NULL DEFAULT '',
    parked_at timestamptz NOT NULL DEFAULT clock_timestamp(),
    resolved_at timestamptz,
    resolution text CONSTRAINT parked_ends_in_words CHECK (resolution IN ('handled', 'repeated', 'discarded')),
    resolved_by text,
    CONSTRAINT parked_once UNIQUE (topic, partition, kafka_offset, digest),
    CONSTRAINT parked_is_resolved_whole CHECK ((resolved_at IS NULL) = (resolution IS NULL))
);
CREATE INDEX parked_waiting ON parked (key, parked_id) WHERE resolved_at IS NULL;

-- Rows that ring once, on the database's clock.
CREATE TABLE timers (
    timer_id uuid PRIMARY KEY,
    kind text NOT NULL,
    subject uuid NOT NULL,
    due_at timestamptz NOT NULL,
    set_at timestamptz NOT NULL DEFAULT clock_timestamp(),
    rung_at timestamptz,
    cancelled_at timestamptz,
    CONSTRAINT timers_end_once CHECK (rung_at IS NULL OR cancelled_at IS NULL)
);
CREATE INDEX timers_waiting ON timers (due_at) WHERE rung_at IS NULL AND cancelled_at IS NULL;
CREATE INDEX timers_of_subject ON timers (subject) WHERE rung_at IS NULL AND cancelled_at IS NULL;
