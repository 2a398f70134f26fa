-- Hours that nobody compares any more are found by this.
CREATE INDEX feed_hours_by_age ON feed_hours (hour);
