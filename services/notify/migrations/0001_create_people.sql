-- How to reach each patient: the latest word of discharge under the opaque key, and nothing clinical.
CREATE TABLE people (
    patient_key text PRIMARY KEY,
    described_at timestamptz NOT NULL,
    prefix text NOT NULL,
    given text NOT NULL,
    family text NOT NULL,
    birth_date date,
    contact_points jsonb NOT NULL,
    address_lines jsonb NOT NULL,
    postcode text NOT NULL,
    practice text,
    language text NOT NULL,
    needs jsonb NOT NULL,
    verification text NOT NULL,
    deceased boolean NOT NULL,
    restricted boolean NOT NULL,
    test_patient boolean NOT NULL
);
