-- What was published before and is to be published once more: listeners know it, and it is no news to anybody else.
ALTER TABLE outbox_pending ADD COLUMN again boolean NOT NULL DEFAULT false;
