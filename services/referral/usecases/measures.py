"""What referral counts. Labels come from small fixed sets and never name anybody."""

from services.chassis.metrics import Children, counter, gauge

DISCHARGES = Children(
    counter(
        "baton_referral_discharges_total",
        "Discharges by what became of them: opened, repeated, or the reason for no handover",
        ("outcome",),
    )
)
ANSWERS = Children(
    counter("baton_referral_offers_answered_total", "Offers answered, by answer", ("answer",))
)
WITHDRAWN = Children(
    counter(
        "baton_referral_handovers_withdrawn_total",
        "Handovers withdrawn, by reason; what was called off with them was not missed",
        ("reason",),
    )
)
REFERRALS = Children(
    counter(
        "baton_referral_referrals_total",
        "Referrals by what happened to them: received, updated, triaged, outcome, cancelled",
        ("what",),
    )
)
MESSAGES = Children(
    counter(
        "baton_referral_messages_total",
        "FHIR messages about referrals and bookings: taken, or the status of the answer that said no",
        ("outcome",),
    )
)
APPOINTMENTS = Children(
    counter(
        "baton_referral_appointments_total",
        "Appointments by what happened to them: booked, moved, cancelled, missed, attended",
        ("what",),
    )
)
WEBHOOKS = Children(
    counter(
        "baton_referral_webhook_attempts_total",
        "Attempts to tell another system, by what became of the message: delivered, waiting, given-up",
        ("state",),
    )
)
WEBHOOKS_DISABLED = counter(
    "baton_referral_webhooks_disabled_total",
    "Webhooks switched off because their receiver is gone or failed for three days",
)
ESCALATED = counter(
    "baton_referral_tasks_escalated_total", "Tasks whose deadline passed in silence"
)
WARNED = counter(
    "baton_referral_tasks_warned_total", "Warnings on the way to a deadline, before it passed"
)
REOPENED = counter(
    "baton_referral_tasks_reopened_total", "Closed tasks that somebody took up again"
)
UNANSWERED = counter(
    "baton_referral_offers_unanswered_total", "Offers that nobody accepted by their own time"
)
REACH_PERSON = counter(
    "baton_referral_reach_person_tasks_total", "Tasks made because a message reached nobody"
)
OPEN = Children(gauge("baton_referral_open", "What is open now, by kind", ("kind",)))
OWNERLESS = gauge(
    "baton_referral_ownerless",
    "Open handovers and tasks whose owner is not the last in their history or in no directory; must be 0",
)
MOVED = Children(
    counter(
        "baton_referral_handovers_moved_total",
        "Handovers whose open work was offered elsewhere, because a patient changed practice or a team closed",
        ("reason",),
    )
)
WITH_CLOSED = gauge(
    "baton_referral_waiting_with_closed_teams",
    "Open handovers of which a team that has closed still has a part; somebody must decide where it goes",
)
TIMERLESS = gauge(
    "baton_referral_tasks_without_timer", "Open tasks that nothing would have rung for; must be 0"
)
CALENDAR_DAYS = gauge(
    "baton_referral_calendar_days_left", "Days for which the bank holidays ahead were checked"
)
QUEUE_DEPTH = Children(
    gauge(
        "baton_referral_queue_depth",
        "Offers without an answer and tasks that nobody has taken or started, by team",
        ("team",),
    )
)
QUEUE_AGE = Children(
    gauge(
        "baton_referral_queue_oldest_seconds",
        "How long the oldest of a team's queue has waited",
        ("team",),
    )
)
QUEUE_COVERED = Children(
    gauge(
        "baton_referral_queue_covered",
        "1 while a team's queue is over its limit, so that its deputy sees it too",
        ("team",),
    )
)
