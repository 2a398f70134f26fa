-- What one discharge hands over. `owner_team` coordinates: it is accountable for the whole.
CREATE TABLE handovers (
    handover_id uuid PRIMARY KEY,
    spell_id uuid NOT NULL CONSTRAINT one_handover_per_spell UNIQUE,
    patient_key text NOT NULL,
    sender text NOT NULL,
    sender_team text NOT NULL CONSTRAINT handovers_have_a_sender CHECK (sender_team <> ''),
    owner_team text NOT NULL CONSTRAINT handovers_have_an_owner CHECK (owner_team <> ''),
    owned_since timestamptz NOT NULL,
    owned_by text NOT NULL,
    clock_started_at timestamptz NOT NULL,
    opened_at timestamptz NOT NULL,
    state text NOT NULL DEFAULT 'open'
        CONSTRAINT handovers_know_their_states CHECK (state IN ('open', 'completed', 'withdrawn')),
    closed_at timestamptz,
    closed_by text,
    closed_because text NOT NULL DEFAULT '',
    said integer NOT NULL,
    correlation_id uuid NOT NULL,
    test_patient boolean NOT NULL,
    CONSTRAINT handovers_close_with_a_time_and_a_name
        CHECK ((state = 'open') = (closed_at IS NULL) AND (state = 'open') = (closed_by IS NULL)),
    CONSTRAINT handovers_withdrawn_for_a_reason CHECK (state <> 'withdrawn' OR closed_because <> '')
);
CREATE INDEX handovers_of_a_patient ON handovers (patient_key);

-- The part asked of one receiving team. `due_at` is the earliest deadline among its tasks.
CREATE TABLE offers (
    offer_id uuid PRIMARY KEY,
    handover_id uuid NOT NULL REFERENCES handovers,
    team text NOT NULL CONSTRAINT offers_are_made_to_a_team CHECK (team <> ''),
    role text NOT NULL,
    instead_of text NOT NULL DEFAULT '',
    due_at timestamptz NOT NULL,
    state text NOT NULL DEFAULT 'offered'
        CONSTRAINT offers_know_their_states CHECK (state IN ('offered', 'accepted', 'declined', 'withdrawn')),
    answered_at timestamptz,
    answered_by text,
    answered_because text NOT NULL DEFAULT '',
    CONSTRAINT one_offer_for_each_team UNIQUE (handover_id, team),
    CONSTRAINT offers_end_with_a_time_and_a_name
        CHECK ((state = 'offered') = (answered_at IS NULL) AND (state = 'offered') = (answered_by IS NULL)),
    CONSTRAINT offers_declined_for_a_reason CHECK (state <> 'declined' OR answered_because <> '')
);
CREATE INDEX offers_waiting ON offers (team, due_at, offer_id) WHERE state = 'offered';

-- One thing to be done. Late is not a status: it follows from `due_at`.
CREATE TABLE tasks (
    task_id uuid PRIMARY KEY,
    handover_id uuid NOT NULL REFERENCES handovers,
    offer_id uuid REFERENCES offers,
    code text NOT NULL,
    rule_id text NOT NULL,
    rule_version text NOT NULL,
    owner_team text NOT NULL CONSTRAINT tasks_have_an_owner CHECK (owner_team <> ''),
    owned_since timestamptz NOT NULL,
    owned_by text NOT NULL,
    status text NOT NULL CONSTRAINT tasks_know_their_statuses CHECK (status IN (
        'draft', 'requested', 'received', 'accepted', 'rejected', 'ready', 'in-progress', 'on-hold',
        'completed', 'failed', 'cancelled', 'entered-in-error')),
    status_reason text NOT NULL DEFAULT '',
    needs_outcome boolean NOT NULL,
    anchored_at timestamptz NOT NULL,
    not_before timestamptz,
    due_at timestamptz NOT NULL,
    escalation_step smallint NOT NULL DEFAULT 0,
    escalated_at timestamptz,
    told_teams text[] NOT NULL DEFAULT '{}',
    alert_id uuid,
    follows uuid REFERENCES tasks,
    closed_at timestamptz,
    CONSTRAINT tasks_close_when_final CHECK (
        (status IN ('rejected', 'completed', 'failed', 'cancelled', 'entered-in-error')) = (closed_at IS NOT NULL)),
    CONSTRAINT tasks_failed_for_a_reason CHECK (status <> 'failed' OR status_reason <> ''),
    CONSTRAINT tasks_completed_with_the_outcome_they_need
        CHECK (status <> 'completed' OR NOT needs_outcome OR status_reason <> ''),
    CONSTRAINT tasks_escalated_to_somebody
        CHECK ((escalation_step = 0) = (escalated_at IS NULL) AND (escalation_step = 0) = (told_teams = '{}')),
    CONSTRAINT tasks_due_after_they_may_start CHECK (not_before IS NULL OR not_before <= due_at)
);
CREATE INDEX tasks_of_a_handover ON tasks (handover_id);
CREATE INDEX tasks_to_do ON tasks (owner_team, due_at, task_id) WHERE closed_at IS NULL AND status <> 'requested';
CREATE INDEX tasks_on_offer ON tasks (owner_team, due_at, task_id) WHERE closed_at IS NULL AND status = 'requested';
CREATE INDEX tasks_closed ON tasks (owner_team, due_at, task_id) WHERE closed_at IS NOT NULL;
CREATE INDEX tasks_escalated ON tasks (due_at) WHERE escalated_at IS NOT NULL AND closed_at IS NULL;
CREATE UNIQUE INDEX one_task_for_each_undelivered_alert ON tasks (alert_id) WHERE alert_id IS NOT NULL;

-- Who may see a handover and everything in it: its sender, whom it was offered to, and whom silence was told to.
CREATE TABLE parties (
    team text NOT NULL,
    handover_id uuid NOT NULL,
    PRIMARY KEY (team, handover_id)
);

-- Who was accountable for what, since when: a change point and no end, so that neither a gap nor an overlap can be
-- written down. The rows write themselves when an owner changes, so the last of them is always the owner now.
CREATE TABLE ownership (
    subject uuid NOT NULL,
    since timestamptz NOT NULL,
    team text NOT NULL,
    moved_by text NOT NULL,
    PRIMARY KEY (subject, since)
);

CREATE FUNCTION remember_first_owners() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_TABLE_NAME = 'handovers' THEN
        INSERT INTO ownership (subject, since, team, moved_by)
        SELECT handover_id, owned_since, owner_team, owned_by FROM made;
    ELSE
        INSERT INTO ownership (subject, since, team, moved_by)
        SELECT task_id, owned_since, owner_team, owned_by FROM made;
    END IF;
    RETURN NULL;
END
$$;
CREATE TRIGGER handovers_start_their_history AFTER INSERT ON handovers
    REFERENCING NEW TABLE AS made FOR EACH STATEMENT EXECUTE FUNCTION remember_first_owners();
CREATE TRIGGER tasks_start_their_history AFTER INSERT ON tasks
    REFERENCING NEW TABLE AS made FOR EACH STATEMENT EXECUTE FUNCTION remember_first_owners();

CREATE FUNCTION remember_next_owner() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF (NEW.owner_team = OLD.owner_team) <> (NEW.owned_since = OLD.owned_since) OR NEW.owned_since < OLD.owned_since THEN
        RAISE EXCEPTION 'an owner changes together with the time of the change, and time moves on'
            USING ERRCODE = 'check_violation', CONSTRAINT = 'ownership_moves_forward';
    END IF;
    IF NEW.owned_since > OLD.owned_since THEN
        INSERT INTO ownership (subject, since, team, moved_by)
        VALUES (CASE TG_TABLE_NAME WHEN 'handovers' THEN NEW.handover_id ELSE (to_jsonb(NEW) ->> 'task_id')::uuid END,
                NEW.owned_since, NEW.owner_team, NEW.owned_by);
    END IF;
    RETURN NULL;
END
$$;
CREATE TRIGGER handovers_go_on_with_their_history AFTER UPDATE OF owner_team, owned_since, owned_by ON handovers
    FOR EACH ROW EXECUTE FUNCTION remember_next_owner();
CREATE TRIGGER tasks_go_on_with_their_history AFTER UPDATE OF owner_team, owned_since, owned_by ON tasks
    FOR EACH ROW EXECUTE FUNCTION remember_next_owner();

CREATE FUNCTION refuse_foreign_history() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP <> 'INSERT' OR pg_trigger_depth() < 2 THEN
        RAISE EXCEPTION 'who owned what is written by the change of an owner, and by nothing else'
            USING ERRCODE = 'check_violation', CONSTRAINT = 'ownership_writes_itself';
    END IF;
    RETURN NULL;
END
$$;
CREATE TRIGGER ownership_writes_itself BEFORE INSERT OR UPDATE OR DELETE ON ownership
    FOR EACH STATEMENT EXECUTE FUNCTION refuse_foreign_history();

-- What happened to a handover after it was opened, for the people who look at it: acts, notes, alerts, escalations.
CREATE TABLE history (
    handover_id uuid NOT NULL REFERENCES handovers,
    entry_id uuid NOT NULL,
    at timestamptz NOT NULL,
    what text NOT NULL,
    subject uuid,
    team text NOT NULL DEFAULT '',
    by_whom text NOT NULL DEFAULT '',
    detail text NOT NULL DEFAULT '',
    PRIMARY KEY (handover_id, entry_id)
);

-- Discharges that started no handover, and why.
CREATE TABLE not_opened (
    spell_id uuid PRIMARY KEY,
    patient_key text NOT NULL,
    reason text NOT NULL
        CONSTRAINT not_opened_says_why CHECK (reason IN ('deceased', 'test-patient', 'no-rule-applies')),
    decided_at timestamptz NOT NULL
);

-- Whom the worklist is about: as last described, gone when the patient is to be forgotten.
CREATE TABLE people (
    patient_key text PRIMARY KEY,
    nhs_number text,
    nhs_number_verified boolean NOT NULL,
    family text NOT NULL,
    given text NOT NULL,
    birth_date date,
    deceased boolean NOT NULL,
    restricted boolean NOT NULL,
    described_at timestamptz NOT NULL
);

-- Every rule as it was when it made tasks, so that a task can explain itself after its rule has changed.
CREATE TABLE rule_versions (
    rule_id text NOT NULL,
    version text NOT NULL,
    sha256 text NOT NULL,
    title text NOT NULL,
    force text NOT NULL,
    source text NOT NULL,
    confidence text NOT NULL,
    local_defaults text[] NOT NULL,
    counting text NOT NULL,
    help_why text NOT NULL,
    help_done text NOT NULL,
    help_not_yours text NOT NULL,
    first_used_at timestamptz NOT NULL DEFAULT clock_timestamp(),
    PRIMARY KEY (rule_id, version)
);
