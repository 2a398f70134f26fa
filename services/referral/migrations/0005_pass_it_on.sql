-- An offer can be passed on, a task be a person's, silence be told step by step, and a handover have a named coordinator.

ALTER TABLE handovers
    DROP CONSTRAINT handovers_know_their_purposes,
    ADD CONSTRAINT handovers_know_their_purposes
        CHECK (purpose IN ('discharge', 'loose-end', 'document', 'referral')),
    -- The referral as last heard: codes and times, no identity.
    ADD COLUMN referral jsonb,
    ADD COLUMN coordinator_state text NOT NULL DEFAULT ''
        CONSTRAINT handovers_know_their_coordinator CHECK (coordinator_state IN ('', 'missing', 'proposed', 'chosen')),
    ADD COLUMN coordinator_at text NOT NULL DEFAULT '',
    ADD COLUMN coordinator_name text NOT NULL DEFAULT '',
    ADD COLUMN coordinator_phone text NOT NULL DEFAULT '',
    ADD CONSTRAINT coordinators_can_be_reached
        CHECK ((coordinator_state IN ('proposed', 'chosen')) = (coordinator_name <> ''));

ALTER TABLE offers
    DROP CONSTRAINT offers_know_their_states,
    ADD CONSTRAINT offers_know_their_states
        CHECK (state IN ('offered', 'accepted', 'declined', 'redirected', 'withdrawn')),
    ADD COLUMN from_team text NOT NULL DEFAULT '',
    ADD COLUMN redirects uuid REFERENCES offers,
    ADD COLUMN redirect_count smallint NOT NULL DEFAULT 0,
    ADD COLUMN accept_by timestamptz,
    ADD COLUMN unanswered boolean NOT NULL DEFAULT false,
    ADD COLUMN made_because text NOT NULL DEFAULT '',
    ADD CONSTRAINT offers_redirected_for_a_reason CHECK (state <> 'redirected' OR answered_because <> '');
CREATE INDEX offers_of_a_redirect ON offers (redirects) WHERE redirects IS NOT NULL;

-- `rings_at` is when the next step of the ladder is due; the timer that will ring for it is looked for by the sweep.
ALTER TABLE tasks
    ADD COLUMN skill text NOT NULL DEFAULT '',
    ADD COLUMN priority smallint NOT NULL DEFAULT 0
        CONSTRAINT tasks_know_their_priorities CHECK (priority BETWEEN 0 AND 3),
    ADD COLUMN owner_person text NOT NULL DEFAULT '',
    ADD COLUMN ladder_step smallint NOT NULL DEFAULT 0,
    ADD COLUMN rings_at timestamptz,
    -- How its deadline was counted, in words.
    ADD COLUMN working text NOT NULL DEFAULT '';
COMMENT ON COLUMN tasks.priority IS '0 routine, 1 urgent, 2 asap, 3 stat';

-- What rules count from, and what proves work done: the first time that each thing happened.
CREATE TABLE happenings (
    handover_id uuid NOT NULL REFERENCES handovers,
    code text NOT NULL CONSTRAINT happenings_have_a_code CHECK (code <> ''),
    happened_at timestamptz NOT NULL,
    heard_at timestamptz NOT NULL,
    by_whom text NOT NULL,
    PRIMARY KEY (handover_id, code)
);

-- What receivers of documents answered before the handover that it is about was heard of.
CREATE TABLE answers_ahead (
    spell_id uuid NOT NULL,
    answer text NOT NULL,
    answered_by text NOT NULL,
    answered_at timestamptz NOT NULL,
    patient_key text NOT NULL,
    correlation_id uuid NOT NULL,
    causation_id uuid NOT NULL,
    PRIMARY KEY (spell_id, answer, answered_by)
);
