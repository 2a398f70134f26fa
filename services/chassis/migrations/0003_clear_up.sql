-- One process at a time clears up, on the database's clock; when it last came to the end of it.
CREATE TABLE housekeeping (
    only_one boolean PRIMARY KEY DEFAULT true CONSTRAINT housekeeping_is_one CHECK (only_one),
    holder uuid,
    held_until timestamptz NOT NULL DEFAULT '-infinity',
    succeeded_at timestamptz NOT NULL DEFAULT clock_timestamp()
);
INSERT INTO housekeeping DEFAULT VALUES;

-- What is over is found by these. The outbox needs none: its ids sort by the time at which they were made.
CREATE INDEX timers_ended ON timers (coalesce(rung_at, cancelled_at))
    WHERE rung_at IS NOT NULL OR cancelled_at IS NOT NULL;
CREATE INDEX parked_resolved ON parked (resolved_at) WHERE resolved_at IS NOT NULL;

-- The space of what was deleted is free again before the next day's rows come.
ALTER TABLE outbox SET (autovacuum_vacuum_scale_factor = 0.02);
ALTER TABLE timers SET (autovacuum_vacuum_scale_factor = 0.02);

-- Whoever decides that a record need not be handled says why. Their words stay in this table.
ALTER TABLE parked
    ADD COLUMN resolved_because text NOT NULL DEFAULT '',
    ADD CONSTRAINT parked_is_discarded_for_a_reason
        CHECK (resolution IS DISTINCT FROM 'discarded' OR resolved_because <> '' AND resolved_by <> '');
