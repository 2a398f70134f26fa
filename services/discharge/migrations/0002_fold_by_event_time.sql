-- More dialects and doors, and mended messages.
ALTER TABLE source_messages DROP CONSTRAINT source_messages_speak_a_dialect;
ALTER TABLE source_messages ADD CONSTRAINT source_messages_speak_a_dialect
    CHECK (dialect IN ('hl7v2', 'fhir', 'itk3', 'pds'));
ALTER TABLE source_messages DROP CONSTRAINT source_messages_came_through_a_door;
ALTER TABLE source_messages ADD CONSTRAINT source_messages_came_through_a_door
    CHECK (arrived_by IN ('mllp', 'http', 'kafka', 'national'));
ALTER TABLE source_messages ADD COLUMN resubmits uuid REFERENCES source_messages;

-- A record of a person is linked to the one that stands for them now, so that a link can be undone.
ALTER TABLE patients ADD COLUMN link jsonb;
ALTER TABLE patients ADD COLUMN held_since text NOT NULL DEFAULT '';
ALTER TABLE patients ADD COLUMN confirmed_at text NOT NULL DEFAULT '';
ALTER TABLE patients ADD COLUMN confirmed_by text NOT NULL DEFAULT '';
ALTER TABLE patients ADD COLUMN absorbed text[] NOT NULL DEFAULT '{}';
CREATE INDEX patients_held ON patients (patient_key) WHERE held_since > confirmed_at;

-- A stay is everything that was said of it; how it stands is worked out, and kept only as it was told.
ALTER TABLE spells ADD COLUMN home_key text;
ALTER TABLE spells ADD COLUMN former_keys text[] NOT NULL DEFAULT '{}';
ALTER TABLE spells ADD COLUMN also text[] NOT NULL DEFAULT '{}';
ALTER TABLE spells ADD COLUMN heard jsonb NOT NULL DEFAULT '{"happenings": [], "details": {}}';
ALTER TABLE spells ADD COLUMN told jsonb NOT NULL DEFAULT '{}';

CREATE FUNCTION as_said(at timestamptz) RETURNS text LANGUAGE sql STABLE RETURN
    to_char(at AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"+00:00"');

UPDATE spells SET
    home_key = patient_key,
    heard = jsonb_build_object(
        'happenings',
        CASE WHEN admission_said THEN jsonb_build_array(jsonb_build_array(
            as_said(coalesce(admitted_at, discharged_at, now())), 'admitted', provider, '{}'::jsonb,
            as_said(coalesce(admitted_at, discharged_at, now())),
            as_said(coalesce(admitted_at, discharged_at, now()))
        )) ELSE '[]' END
        || CASE WHEN discharge_said THEN jsonb_build_array(jsonb_build_array(
            as_said(discharged_at), 'discharged', provider,
            jsonb_build_object(
                'discharged_at', as_said(discharged_at), 'method', method, 'destination', destination,
                'encounter_class', encounter_class, 'deceased', deceased
            ),
            as_said(discharged_at), as_said(discharged_at)
        )) ELSE '[]' END,
        'details', jsonb_build_object(provider, jsonb_strip_nulls(jsonb_build_object(
            'encounter_class', jsonb_build_array(encounter_class, '', ''),
            'specialty', CASE WHEN specialty <> '' THEN jsonb_build_array(specialty, '', '') END,
            'admitted_at', CASE WHEN admitted_at IS NOT NULL
                THEN jsonb_build_array(as_said(admitted_at), '', '') END,
            'diagnoses', CASE WHEN diagnoses <> '[]' THEN jsonb_build_array(diagnoses, '', '') END,
            'indicators', CASE WHEN indicators <> '[]' THEN jsonb_build_array(indicators, '', '') END
        )))
    ),
    told = jsonb_build_object('patient_key', patient_key, 'admission', admission_said)
        || CASE WHEN discharge_said THEN jsonb_build_object('discharge', jsonb_build_object(
            'number', 1, 'admitted_at', as_said(admitted_at),
            'discharged_at', as_said(discharged_at),
            'encounter_class', encounter_class, 'specialty', specialty, 'ward', '',
            'method', method, 'destination', destination, 'practice', practice, 'pharmacy', pharmacy,
            'diagnoses', diagnoses, 'indicators', indicators, 'deceased', deceased,
            'test_patient', test_patient, 'flags', '[]'::jsonb
        )) ELSE '{}' END;

ALTER TABLE spells ALTER COLUMN home_key SET NOT NULL;
ALTER TABLE spells DROP CONSTRAINT spells_are_one_a_stay;
ALTER TABLE spells ADD CONSTRAINT spells_are_one_a_stay UNIQUE (realm, trust, correlation, home_key);
ALTER TABLE spells
    DROP COLUMN encounter_class, DROP COLUMN admitted_at, DROP COLUMN discharged_at, DROP COLUMN method,
    DROP COLUMN destination, DROP COLUMN specialty, DROP COLUMN practice, DROP COLUMN pharmacy,
    DROP COLUMN diagnoses, DROP COLUMN indicators, DROP COLUMN deceased, DROP COLUMN admission_said,
    DROP COLUMN discharge_said;
CREATE INDEX spells_of_record ON spells (home_key);

-- Numbers under which a stay goes beside its present one (A50).
CREATE TABLE spell_numbers (
    realm text NOT NULL,
    trust text NOT NULL,
    correlation text NOT NULL,
    spell_id uuid NOT NULL REFERENCES spells,
    PRIMARY KEY (realm, trust, correlation, spell_id)
);

DROP FUNCTION as_said;
