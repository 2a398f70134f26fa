-- Links that expired and days that are past are found by these.
CREATE INDEX links_by_expiry ON links (expires_at);
CREATE INDEX digests_by_day ON digests (day);
