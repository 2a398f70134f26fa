-- Who looked at what a message says. Nobody can change or delete what stands here.
CREATE TABLE message_views (
    view_id uuid PRIMARY KEY,
    message_id uuid NOT NULL REFERENCES source_messages,
    viewed_at timestamptz NOT NULL,
    viewed_by text NOT NULL CONSTRAINT message_views_name_somebody CHECK (viewed_by <> ''),
    purpose text NOT NULL
        CONSTRAINT message_views_have_a_purpose CHECK (purpose IN ('read', 'compare'))
);
CREATE INDEX message_views_of_message ON message_views (message_id);

-- What a person decided about a message that was refused, or that shares its control id with another.
CREATE TABLE message_decisions (
    decision_id uuid PRIMARY KEY,
    message_id uuid NOT NULL REFERENCES source_messages,
    decided_at timestamptz NOT NULL,
    decided_by text NOT NULL CONSTRAINT message_decisions_are_somebodys CHECK (decided_by <> ''),
    decision text NOT NULL
        CONSTRAINT message_decisions_are_known CHECK (decision IN ('resubmitted', 'accepted', 'set-aside')),
    reason text NOT NULL CONSTRAINT message_decisions_are_short CHECK (length(reason) <= 1000),
    became uuid REFERENCES source_messages,
    CONSTRAINT message_decisions_lead_to_a_message CHECK ((decision = 'set-aside') = (became IS NULL))
);
CREATE INDEX message_decisions_of_message ON message_decisions (message_id);

REVOKE UPDATE, DELETE ON message_views, message_decisions FROM baton_discharge;

-- What a person takes in again stands beside the message that it was.
ALTER TABLE source_messages DROP CONSTRAINT source_messages_are_kept_once;
ALTER TABLE source_messages ADD CONSTRAINT source_messages_are_kept_once
    UNIQUE NULLS NOT DISTINCT (dialect, organisation, application, control_id, digest, resubmits);
DROP INDEX source_messages_by_control_id;
CREATE UNIQUE INDEX source_messages_by_control_id
    ON source_messages (dialect, organisation, application, control_id)
    WHERE answer = 'AA' AND control_id <> '' AND resubmits IS NULL;
CREATE INDEX source_messages_resubmitted ON source_messages (resubmits) WHERE resubmits IS NOT NULL;

-- Lists show the newest first, and ids sort by time.
CREATE INDEX source_messages_refused ON source_messages (message_id) WHERE answer <> 'AA';
CREATE INDEX source_messages_flagged ON source_messages (message_id) WHERE flags <> '{}';
-- By an expression, so that it is never taken for finding a resend: without statistics it looks as good for that
-- as the unique key, and every message of a hospital would be read for each new one.
CREATE INDEX source_messages_of_source ON source_messages (upper(organisation), message_id);
DROP INDEX source_messages_for_review;
CREATE INDEX source_messages_for_review ON source_messages (message_id) WHERE clash;
