-- Every message as it came, with what its sender was told: written before anybody is told anything.
CREATE TABLE source_messages (
    message_id uuid PRIMARY KEY,
    received_at timestamptz NOT NULL,
    dialect text NOT NULL
        CONSTRAINT source_messages_speak_a_dialect CHECK (dialect IN ('hl7v2', 'fhir')),
    arrived_by text NOT NULL
        CONSTRAINT source_messages_came_through_a_door CHECK (arrived_by IN ('mllp', 'http')),
    handed_in_by text NOT NULL,
    organisation text NOT NULL,
    application text NOT NULL,
    control_id text NOT NULL,
    event text NOT NULL,
    digest bytea NOT NULL,
    body bytea NOT NULL,
    answer text NOT NULL
        CONSTRAINT source_messages_are_answered CHECK (answer IN ('AA', 'AE', 'AR')),
    error smallint NOT NULL,
    place text NOT NULL,
    reason text NOT NULL,
    clash boolean NOT NULL,
    flags text[] NOT NULL,
    happened_at timestamptz,
    patient_key text,
    spell_id uuid,
    said jsonb NOT NULL,
    CONSTRAINT source_messages_say_what_was_wrong CHECK ((answer = 'AA') = (error = 0)),
    CONSTRAINT source_messages_are_kept_once
        UNIQUE (dialect, organisation, application, control_id, digest)
);
-- A control id belongs to one accepted message.
CREATE UNIQUE INDEX source_messages_by_control_id
    ON source_messages (dialect, organisation, application, control_id)
    WHERE answer = 'AA' AND control_id <> '';
CREATE INDEX source_messages_for_review ON source_messages (received_at) WHERE clash;
CREATE INDEX source_messages_of_spell ON source_messages (spell_id) WHERE spell_id IS NOT NULL;

-- What each source says of a patient, and what was last published of it.
CREATE TABLE patients (
    patient_key text PRIMARY KEY,
    nhs_number text,
    test_patient boolean NOT NULL,
    version integer NOT NULL CONSTRAINT patients_count_from_nought CHECK (version >= 0),
    said jsonb NOT NULL,
    described jsonb NOT NULL
);

-- Which patient a local number stands for, by the number's opaque key.
CREATE TABLE patient_identifiers (
    identifier_key text PRIMARY KEY,
    patient_key text NOT NULL,
    by_nhs_number boolean NOT NULL
);

-- One row for each stay in hospital.
CREATE TABLE spells (
    spell_id uuid PRIMARY KEY,
    realm text NOT NULL CONSTRAINT spells_are_real_or_not CHECK (realm IN ('production', 'test')),
    trust text NOT NULL,
    correlation text NOT NULL,
    patient_key text NOT NULL,
    known_by_nhs_number boolean NOT NULL,
    birth_date text,
    provider text NOT NULL,
    encounter_class text NOT NULL,
    admitted_at timestamptz,
    discharged_at timestamptz,
    method text NOT NULL,
    destination text NOT NULL,
    specialty text NOT NULL,
    practice text,
    pharmacy text,
    diagnoses jsonb NOT NULL,
    indicators jsonb NOT NULL,
    deceased boolean NOT NULL,
    test_patient boolean NOT NULL,
    admission_said boolean NOT NULL,
    discharge_said boolean NOT NULL,
    said integer NOT NULL CONSTRAINT spells_count_from_nought CHECK (said >= 0),
    CONSTRAINT spells_are_one_a_stay UNIQUE (realm, trust, correlation, patient_key),
    CONSTRAINT spells_end_at_a_time CHECK (NOT discharge_said OR discharged_at IS NOT NULL)
);
