-- What notify remembers of referral's handovers, for the patient's page and for the moment of sending.
CREATE TABLE plans (
    handover_id uuid PRIMARY KEY,
    patient_key text NOT NULL,
    sender text NOT NULL,
    coordinator_team text NOT NULL,
    standing text NOT NULL
        CONSTRAINT plans_stand_somewhere CHECK (standing IN ('open', 'completed', 'withdrawn')),
    clock_started_at timestamptz NOT NULL,
    opened_at timestamptz NOT NULL,
    test_patient boolean NOT NULL
);

-- No foreign key: one writer keeps both tables, and a check for each row would cost more than the row.
CREATE TABLE plan_tasks (
    task_id uuid PRIMARY KEY,
    handover_id uuid NOT NULL,
    offer_id uuid,
    asked_team text NOT NULL,
    code text NOT NULL,
    rule_id text NOT NULL,
    owner_team text NOT NULL CONSTRAINT plan_tasks_have_an_owner CHECK (owner_team <> ''),
    not_before timestamptz,
    due_at timestamptz NOT NULL,
    status text NOT NULL,
    answer text NOT NULL
        CONSTRAINT plan_tasks_say_their_answer CHECK (answer IN ('own', 'waiting', 'accepted', 'declined'))
);
CREATE INDEX plan_tasks_of_handover ON plan_tasks (handover_id);
