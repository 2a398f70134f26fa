-- What the national service said has changed. The person is known by the opaque key alone: an event about somebody who
-- is no patient here leaves nothing behind that says who it was.
CREATE TABLE national_events (
    event_ref uuid PRIMARY KEY,
    source text NOT NULL,
    event_id text NOT NULL,
    type text NOT NULL,
    patient_key text NOT NULL,
    happened_at timestamptz NOT NULL,
    received_at timestamptz NOT NULL,
    handed_in_by text NOT NULL,
    urgent boolean NOT NULL,
    state text NOT NULL
        CONSTRAINT national_events_are_somewhere
            CHECK (state IN ('waiting', 'taken-in', 'no-such-patient', 'noted', 'failed')),
    reason text NOT NULL DEFAULT '',
    tries integer NOT NULL DEFAULT 0
        CONSTRAINT national_events_count_from_nought CHECK (tries >= 0),
    next_try_at timestamptz NOT NULL,
    ended_at timestamptz,
    CONSTRAINT national_events_are_heard_once UNIQUE (source, event_id),
    CONSTRAINT national_events_end_or_wait CHECK ((state = 'waiting') = (ended_at IS NULL))
);
-- Claimed in this order: a death before everything else.
CREATE INDEX national_events_waiting ON national_events (urgent DESC, next_try_at) WHERE state = 'waiting';
CREATE INDEX national_events_of_strangers ON national_events (received_at) WHERE state = 'no-such-patient';
CREATE INDEX national_events_failed ON national_events (event_ref) WHERE state = 'failed';

-- How much each source sends: one row for each hour in which it sent anything.
CREATE TABLE feed_hours (
    organisation text NOT NULL,
    application text NOT NULL,
    hour timestamptz NOT NULL,
    messages integer NOT NULL,
    refused integer NOT NULL,
    PRIMARY KEY (organisation, application, hour)
);

-- How each source does now.
CREATE TABLE feeds (
    organisation text NOT NULL,
    application text NOT NULL,
    first_message_at timestamptz NOT NULL,
    last_message_at timestamptz NOT NULL,
    recent_messages double precision NOT NULL,
    recent_refused double precision NOT NULL,
    recent_late double precision NOT NULL,
    usual_refused double precision NOT NULL DEFAULT 0,
    expected_per_hour double precision,
    expected_since_last double precision,
    silent_since timestamptz,
    refusing_since timestamptz,
    catching_up_since timestamptz,
    judged_at timestamptz,
    PRIMARY KEY (organisation, application)
);

-- Up to when messages were counted, and since when somebody has been there to hear them; the row is the right to count.
CREATE TABLE feed_count (
    only_one boolean PRIMARY KEY DEFAULT true CONSTRAINT feed_count_has_one_row CHECK (only_one),
    counted_until timestamptz NOT NULL,
    heard_since timestamptz NOT NULL
);
INSERT INTO feed_count (counted_until, heard_since)
SELECT date_trunc('minute', coalesce(min(received_at), clock_timestamp())), clock_timestamp()
FROM source_messages;
