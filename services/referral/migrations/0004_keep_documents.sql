-- What hospitals sent in writing, for the people who must read it; erased with the patient. A document belongs to a
-- handover as soon as there is one for it, and to the task of whoever must read it.
CREATE TABLE documents (
    document_id uuid PRIMARY KEY,
    patient_key text NOT NULL,
    spell_id uuid,
    replaces uuid,
    sender text NOT NULL,
    recipient text NOT NULL,
    for_action boolean NOT NULL,
    code text NOT NULL,
    title text NOT NULL,
    authored_at timestamptz NOT NULL,
    received_at timestamptz NOT NULL,
    discharged_at timestamptz,
    sections jsonb NOT NULL,
    attachments integer NOT NULL,
    test_patient boolean NOT NULL,
    correlation_id uuid NOT NULL,
    state text NOT NULL
        CONSTRAINT documents_know_their_states CHECK (state IN ('current', 'replaced', 'withdrawn')),
    handover_id uuid REFERENCES handovers,
    task_id uuid REFERENCES tasks,
    CONSTRAINT documents_are_read_in_a_handover CHECK (task_id IS NULL OR handover_id IS NOT NULL)
);
CREATE INDEX documents_of_a_patient ON documents (patient_key);
CREATE INDEX documents_of_a_spell ON documents (spell_id) WHERE spell_id IS NOT NULL;
CREATE INDEX documents_of_a_handover ON documents (handover_id) WHERE handover_id IS NOT NULL;
CREATE INDEX documents_of_a_task ON documents (task_id) WHERE task_id IS NOT NULL;
CREATE INDEX documents_by_what_they_replace ON documents (replaces) WHERE replaces IS NOT NULL;

-- A document whose discharge was never heard has a handover of its own.
ALTER TABLE handovers DROP CONSTRAINT handovers_know_their_purposes;
ALTER TABLE handovers ADD CONSTRAINT handovers_know_their_purposes
    CHECK (purpose IN ('discharge', 'loose-end', 'document'));
