-- What is over is found by these.
CREATE INDEX webhook_deliveries_ended ON webhook_deliveries (ended_at) WHERE ended_at IS NOT NULL;
CREATE INDEX done_together_by_age ON done_together (done_at);
