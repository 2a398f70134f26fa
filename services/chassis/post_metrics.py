"""What is counted of the post: said, heard, repeated, parked."""

from services.chassis.metrics import Children, counter, gauge, histogram

PUBLISHED = Children(counter("baton_events_published_total", "Events published", ("topic",)))
CONSUMED = Children(counter("baton_events_consumed_total", "Events handled", ("type",)))
REPEATED = counter("baton_events_repeated_total", "Events heard before, which changed nothing")
PARKED = Children(counter("baton_records_parked_total", "Records parked, by reason", ("reason",)))
BATCH_SECONDS = histogram("baton_batch_seconds", "Time to handle one batch, commit included")
BATCH_RECORDS = histogram(
    "baton_batch_records", "Records in one batch", buckets=(1, 2, 5, 10, 20, 50, 100, 200, 500)
)
BATCH_WAITS = counter("baton_batch_waits_total", "Times a batch had to wait and try again")
ACK_FAILURES = counter("baton_ack_failures_total", "Offset commits that failed; records come again")
OUTBOX_PENDING = gauge("baton_outbox_unpublished", "Events that wait to be published")
OUTBOX_AGE = gauge("baton_outbox_oldest_age_seconds", "Age of the oldest event that waits")
RELAY_EPOCH = gauge("baton_relay_epoch", "Epoch of the lease while this process publishes, else 0")
PARKED_KEYS = gauge("baton_parked_keys", "Keys in front of a person")
CONSUMER_LAG = gauge("baton_consumer_lag", "Records behind the end of the partitions held here")
LAST_PROGRESS = gauge("baton_last_progress_timestamp_seconds", "When the consumer last came round")
TIMERS_RUNG = Children(counter("baton_timers_rung_total", "Timers rung", ("kind",)))
TIMER_LATENESS = histogram(
    "baton_timer_lateness_seconds",
    "From due to rung",
    buckets=(0.01, 0.05, 0.1, 0.5, 1, 5, 30, 120, 600),
)
TIMERS_OVERDUE = gauge("baton_timers_overdue", "Timers that are due and have not rung")
CLEARED = Children(
    counter("baton_housekeeping_deleted_total", "Rows that were over and are gone", ("table",))
)
HOUSEKEEPING_AGE = gauge(
    "baton_housekeeping_age_seconds", "Since housekeeping last came to the end of its round"
)
CLOCK_SKEW = gauge("baton_db_clock_skew_seconds", "This machine's clock minus the database's")
