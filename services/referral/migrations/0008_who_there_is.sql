-- Who there is changes while work goes on: imports of the directory, what teams say of their load, and moves of patients.

-- Each import as it was applied. The directory is its file with these on top, in their order; nothing ever leaves it.
CREATE TABLE directory_versions (
    version integer PRIMARY KEY CONSTRAINT directory_versions_count_from_one CHECK (version > 0),
    said_at timestamptz NOT NULL,
    said_by text NOT NULL CONSTRAINT directory_versions_have_an_author CHECK (said_by <> ''),
    note text NOT NULL,
    entries jsonb NOT NULL,
    added integer NOT NULL,
    changed integer NOT NULL,
    closed integer NOT NULL,
    moved integer NOT NULL
);

-- What a team says of its own load; who says nothing is open.
CREATE TABLE team_capacity (
    team text PRIMARY KEY,
    state text NOT NULL CONSTRAINT capacity_knows_its_states CHECK (state IN ('open', 'limited', 'full', 'closed')),
    until_day date,
    note text NOT NULL DEFAULT '',
    said_at timestamptz NOT NULL,
    said_by text NOT NULL
);

-- How far the stream of each team's descriptions has got.
CREATE TABLE teams_described (
    team text PRIMARY KEY,
    said integer NOT NULL,
    described jsonb NOT NULL
);

-- The practice that a patient is registered with, as last described (ODS code).
ALTER TABLE people ADD COLUMN practice text;

-- What is open with a team that has closed is looked for every minute.
CREATE INDEX handovers_coordinated ON handovers (owner_team) WHERE state = 'open';

-- The first look at who is open rings as soon as somebody listens; each look sets the timer of the next day on which
-- something in the directory begins or ends.
INSERT INTO timers (timer_id, kind, subject, due_at)
VALUES (gen_random_uuid(), 'directory.turn', '00000000-0000-4000-8000-0000000000d1', clock_timestamp());
