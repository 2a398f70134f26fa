-- What arrived in writing: which document is the current one of those that replace each other. Their text stays in
-- the message and travels in the event; here is only what decides.
CREATE TABLE documents (
    document_id uuid PRIMARY KEY,
    message_id uuid NOT NULL CONSTRAINT documents_come_in_a_message UNIQUE,
    patient_key text NOT NULL,
    spell_id uuid,
    sender text NOT NULL,
    recipient text NOT NULL,
    reference text NOT NULL CONSTRAINT documents_have_a_reference CHECK (reference <> ''),
    replaces text NOT NULL CONSTRAINT documents_replace_others CHECK (replaces <> reference),
    for_action boolean NOT NULL,
    void boolean NOT NULL,
    authored_at timestamptz NOT NULL,
    attachments jsonb NOT NULL,
    state text NOT NULL
        CONSTRAINT documents_know_their_states CHECK (state IN ('current', 'replaced', 'withdrawn')),
    said smallint NOT NULL CONSTRAINT documents_are_received_then_withdrawn CHECK (said BETWEEN 0 AND 2),
    business_answer smallint,
    CONSTRAINT documents_are_filed_once UNIQUE (sender, recipient, reference)
);
CREATE INDEX documents_by_what_they_replace ON documents (sender, recipient, replaces) WHERE replaces <> '';
CREATE INDEX documents_of_patient ON documents (patient_key);

-- They come over HTTP, and through the folder of a MESH client.
ALTER TABLE source_messages DROP CONSTRAINT source_messages_came_through_a_door;
ALTER TABLE source_messages ADD CONSTRAINT source_messages_came_through_a_door
    CHECK (arrived_by IN ('mllp', 'http', 'kafka', 'mesh', 'national'));
