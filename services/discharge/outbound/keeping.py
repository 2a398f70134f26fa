"""How long discharge's own tables are kept."""

from typing import Final

from services.chassis.keeping import Clearing, Keeping, audit, for_years
from services.discharge.outbound.national_events import STRANGERS_DAYS

_STRANGERS = """
DELETE FROM national_events WHERE event_ref IN (
    SELECT event_ref FROM national_events
    WHERE state = 'no-such-patient' AND received_at < (SELECT clock_timestamp() - make_interval(days => $1))
    ORDER BY received_at LIMIT $2 FOR UPDATE SKIP LOCKED)
"""
_HOURS = """
DELETE FROM feed_hours WHERE (organisation, application, hour) IN (
    SELECT organisation, application, hour FROM feed_hours
    WHERE hour < (SELECT clock_timestamp() - make_interval(days => $1))
    ORDER BY hour LIMIT $2 FOR UPDATE SKIP LOCKED)
"""

KEEPING: Final = (
    for_years("source_messages", "every message as it came, with what its sender was told"),
    for_years("patients", "what each source says of a patient"),
    for_years("patient_identifiers", "which patient a local number stands for"),
    for_years("spells", "what was said of each stay"),
    for_years("spell_numbers", "under which numbers a stay goes"),
    for_years("documents", "which document is in force of those that replace each other"),
    Keeping(
        "national_events",
        "what the national service said has changed, by the opaque key",
        f"{STRANGERS_DAYS} days where the person is no patient here, else years",
        clearing=Clearing(_STRANGERS, days=STRANGERS_DAYS),
    ),
    Keeping(
        "feed_hours",
        "how many messages each source sent in each hour",
        "365 days; six weeks are compared",
        clearing=Clearing(_HOURS, days=365),
    ),
    Keeping("feeds", "how each source does now", "for ever: one row for each source"),
    Keeping("feed_count", "up to when messages were counted", "for ever: one row"),
    audit("message_views", "who looked at what a message says"),
    audit("message_decisions", "who mended a message or set it aside, and why"),
)
