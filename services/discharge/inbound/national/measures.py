"""What is measured of national events; labels come from the data file and small fixed sets."""

from services.chassis.metrics import Children, counter, gauge, histogram

HEARD = Children(
    counter(
        "baton_national_events_heard_total",
        "National events heard, by what was made of them at once",
        ("type", "state"),
    )
)
ENDED = Children(
    counter("baton_national_events_ended_total", "National events dealt with", ("state",))
)
WAITING = gauge("baton_national_events_waiting", "National events whose record was not read yet")
OLDEST = gauge("baton_national_events_oldest_seconds", "Age of the oldest of those")
OLDEST_DEATH = gauge(
    "baton_national_deaths_oldest_seconds", "Age of the oldest of those that tells of a death"
)
FAILED = gauge("baton_national_events_failed", "National events that a person has to look at")
ASKED = Children(
    counter(
        "baton_national_record_asked_total",
        "Questions to the national record, by what came of them",
        ("outcome",),
    )
)
ANSWER_SECONDS = histogram(
    "baton_national_record_seconds", "Time that the national record took to answer"
)
