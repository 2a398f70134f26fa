"""How long referral's own tables are kept."""

from typing import Final

from services.chassis.keeping import Clearing, Keeping, audit, for_years

# That a missing coordinator was chased once is known by its timer alone: it stays while the handover is open.
_TIMERS = """
DELETE FROM timers WHERE timer_id IN (
    SELECT timer_id FROM timers
    WHERE coalesce(rung_at, cancelled_at) < (SELECT clock_timestamp() - make_interval(days => $1))
      AND (rung_at IS NOT NULL OR cancelled_at IS NOT NULL)
      AND NOT EXISTS (SELECT FROM handovers h WHERE h.handover_id = timers.subject AND h.state = 'open')
    ORDER BY coalesce(rung_at, cancelled_at) LIMIT $2 FOR UPDATE SKIP LOCKED)
"""
_WEBHOOKS = """
DELETE FROM webhook_deliveries WHERE delivery_id IN (
    SELECT delivery_id FROM webhook_deliveries WHERE ended_at < (SELECT clock_timestamp() - make_interval(days => $1))
    ORDER BY ended_at LIMIT $2 FOR UPDATE SKIP LOCKED)
"""
_DONE_TOGETHER = """
DELETE FROM done_together WHERE (bulk_id, task_id) IN (
    SELECT bulk_id, task_id FROM done_together WHERE done_at < (SELECT clock_timestamp() - make_interval(days => $1))
    ORDER BY done_at LIMIT $2 FOR UPDATE SKIP LOCKED)
"""

KEEPING: Final = (
    Keeping(
        "timers",
        "what rings when",
        "`BATON_KEEP_TIMERS_DAYS` (30) after it rang or was cancelled; one of a handover that is open stays",
        clearing=Clearing(_TIMERS, setting="keep_timers_days"),
    ),
    for_years("handovers", "what each discharge or referral hands over, and who is accountable"),
    for_years("offers", "what was asked of which team, and its answer"),
    for_years("tasks", "what is to be done by when, by whom, and what became of it"),
    for_years("parties", "which teams may see a handover"),
    for_years("ownership", "who was accountable for what, since when"),
    for_years("history", "who was asked, saw, accepted and did what"),
    for_years("happenings", "what happened to a patient that rules count from"),
    for_years("not_opened", "discharges that started no handover, and why"),
    for_years("stop_notices", "who was told to stop, and said that they know"),
    for_years("stays", "stays in hospital that began"),
    for_years("people", "whom the worklist is about", "the patient's erasure"),
    for_years("documents", "what hospitals sent in writing", "the patient's erasure"),
    for_years("answers_ahead", "answers that came before their handover", "their handover"),
    for_years("referrals", "each referral and how far it has come"),
    for_years("service_requests", "what was asked for in each referral"),
    for_years("appointments", "booked, moved, attended and missed appointments"),
    for_years("letters", "what the referrer wrote", "the patient's erasure"),
    for_years("attachments", "what the referrer sent with a letter", "the patient's erasure"),
    for_years("referral_messages", "which message about a referral was acted on"),
    audit("seen", "which team first looked at a handover or task, and when"),
    audit("look_ups", "who looked somebody up at the front desk or across the place"),
    Keeping("rule_versions", "every rule as it was when it made tasks", "as long as its tasks"),
    Keeping(
        "done_together",
        "what became of each of several tasks that were done together, for the page that says so",
        "90 days; the acts stand in `history`",
        clearing=Clearing(_DONE_TOGETHER, days=90),
    ),
    Keeping("directory_versions", "each import of the directory", "for ever"),
    Keeping("team_capacity", "what a team says of its load", "for ever: one row for each team"),
    Keeping("teams_described", "how far teams were described", "for ever: one row for each team"),
    Keeping(
        "webhook_subscriptions",
        "where a team's system wants to hear of what happens, with the salt of its secret",
        "until the team takes it away",
        "its team",
    ),
    Keeping(
        "webhook_deliveries",
        "what was told to other systems, and what they answered",
        "`BATON_KEEP_WEBHOOK_DELIVERIES_DAYS` (90) after it was delivered or given up",
        clearing=Clearing(_WEBHOOKS, setting="keep_webhook_deliveries_days"),
    ),
)
