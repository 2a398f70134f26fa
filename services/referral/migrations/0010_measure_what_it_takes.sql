-- What a team answered and closed in a period, without reading what it did before.
CREATE INDEX offers_answered ON offers (team, answered_at) WHERE answered_at IS NOT NULL;
CREATE INDEX tasks_closed_at ON tasks (owner_team, closed_at) WHERE closed_at IS NOT NULL;
CREATE INDEX tasks_that_follow ON tasks (owner_team, anchored_at) WHERE follows IS NOT NULL;
CREATE INDEX handovers_completed ON handovers (closed_at) WHERE state = 'completed';
