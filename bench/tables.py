"""Which columns of which table make up the work of a discharge, whoever does it."""

from collections.abc import Mapping

_OF_HANDOVER = "referral.{} JOIN referral.handovers h USING (handover_id)"
# From a day on which the pharmacy is closed the deadline does not move with the hour.
_DAYS = (
    "make_interval(days => (t.due_at AT TIME ZONE 'Europe/London')::date"
    " - (t.anchored_at AT TIME ZONE 'Europe/London')::date)"
)
# Half of the time, less the last microsecond.
_RINGS = "round(extract(epoch FROM t.rings_at - t.anchored_at) / extract(epoch FROM t.due_at - t.anchored_at), 6)"
# What is counted from the opening shows the hour of the run.
_WORKING = (
    "CASE WHEN t.anchored_at = h.opened_at THEN regexp_replace(t.working, '[0-9]+:[0-9]+', '', 'g')"
    " ELSE t.working END"
)
_OF_PLAN = "notify.{} JOIN notify.plans p USING (handover_id)"

BUSINESS: Mapping[str, tuple[str, str]] = {
    "discharge.source_messages": (
        "discharge.source_messages",
        (
            "dialect, arrived_by, organisation, application, control_id, event, digest, body, answer, flags,"
            " happened_at, patient_key, jsonb_array_length(said), resubmits"
        ),
    ),
    "discharge.patients": (
        "discharge.patients",
        (
            "patient_key, nhs_number, test_patient, version, said, described, link, held_since, confirmed_at,"
            " confirmed_by, absorbed"
        ),
    ),
    "discharge.patient_identifiers": (
        "discharge.patient_identifiers",
        "identifier_key, patient_key, by_nhs_number",
    ),
    "discharge.spells": ("discharge.spells", "to_jsonb(spells) - 'spell_id'"),
    "referral.people": ("referral.people", "people"),
    "referral.handovers": (
        "referral.handovers",
        (
            "patient_key, sender, sender_team, owner_team, owned_by, clock_started_at, state, said, test_patient,"
            " purpose, replaces, discharge, death, readmitted_by, referral, coordinator_state, coordinator_at,"
            " coordinator_name, coordinator_phone"
        ),
    ),
    "referral.offers": (
        _OF_HANDOVER.format("offers o") + " LEFT JOIN referral.tasks t ON t.offer_id = o.offer_id",
        (
            "h.patient_key, o.team, o.role, o.instead_of, o.state, t.rule_id, o.due_at - t.due_at, o.from_team,"
            " o.redirects, o.redirect_count, o.accept_by, o.unanswered, o.made_because, o.priority, o.skills"
        ),
    ),
    "referral.tasks": (
        _OF_HANDOVER.format("tasks t") + " LEFT JOIN referral.offers o ON o.offer_id = t.offer_id",
        (
            "h.patient_key, o.team, t.code, t.rule_id, t.rule_version, t.owner_team, t.owned_by, t.status,"
            f" t.needs_outcome, CASE t.rule_id WHEN 'R09' THEN {_DAYS} ELSE t.due_at - t.anchored_at END,"
            " t.not_before - t.anchored_at,"
            " t.anchored_at = h.clock_started_at, t.anchored_at = h.opened_at, t.skill, t.priority, t.owner_person,"
            f" t.ladder_step, {_RINGS}, {_WORKING}, t.snoozed_until, t.version"
        ),
    ),
    "referral.ownership": ("referral.ownership", "team, moved_by"),
    "referral.parties": (_OF_HANDOVER.format("parties"), "h.patient_key, team"),
    "referral.timers": (
        (
            "referral.timers r LEFT JOIN referral.tasks t ON t.task_id = r.subject"
            " LEFT JOIN referral.handovers h ON h.handover_id = r.subject WHERE r.kind <> 'directory.turn'"
        ),
        "r.kind, t.rule_id, r.due_at - coalesce(t.rings_at, h.opened_at), r.rung_at, r.cancelled_at",
    ),
    "notify.people": ("notify.people", "people"),
    "notify.plans": (
        "notify.plans",
        (
            "patient_key, sender, coordinator_team, standing, clock_started_at, test_patient, back_in_hospital,"
            " purpose, sender_team, contact, referral, appointments"
        ),
    ),
    "notify.plan_tasks": (
        _OF_PLAN.format("plan_tasks t") + " LEFT JOIN referral.tasks r ON r.task_id = t.task_id",
        (
            "p.patient_key, t.asked_team, t.code, t.rule_id, t.owner_team, t.status, t.answer, t.offer_id = r.offer_id,"
            " t.due_at - r.due_at, t.not_before - r.not_before, t.priority, t.moved"
        ),
    ),
    "notify.alerts": (
        _OF_PLAN.format("alerts a")
        + " LEFT JOIN referral.offers o ON o.handover_id = a.handover_id AND o.team = a.team",
        (
            "p.patient_key, a.patient_key, a.audience, a.team, a.kind, a.urgent, a.task_count, a.last_resort,"
            " a.because, a.state, a.due_at - coalesce(o.due_at, p.clock_started_at), a.made_at = a.next_attempt_at,"
            " a.happened_at = p.opened_at, a.about, a.about_team, a.milestone, a.priority, a.digest, a.together"
        ),
    ),
}
"""By table: what its business columns are read from, and these columns. Ids and times of the run are left out, and the
timer of the directory: it rings whoever is discharged."""

NOT_COMPARED = frozenset(
    {
        "inbox",
        "outbox",
        "outbox_pending",
        "relay_lease",
        "relay_position",
        "migrations",
        "rule_versions",
        "feeds",
        "feed_hours",
    }
)
"""What the floor does without: the framework's tables, what a service writes once when it starts, and how much each
source sends. Discharge counts that once a minute, so it depends on how long a run takes."""
