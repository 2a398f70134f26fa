"""How long notify's own tables are kept."""

from typing import Final

from services.chassis.keeping import Clearing, Keeping, for_years

_LINKS = """
DELETE FROM links WHERE token_hash IN (
    SELECT token_hash FROM links WHERE expires_at < (SELECT clock_timestamp() - make_interval(days => $1))
    ORDER BY expires_at LIMIT $2 FOR UPDATE SKIP LOCKED)
"""
_DIGESTS = """
DELETE FROM digests WHERE (team, day) IN (
    SELECT team, day FROM digests WHERE day < (SELECT (clock_timestamp() - make_interval(days => $1))::date)
    ORDER BY day LIMIT $2 FOR UPDATE SKIP LOCKED)
"""

KEEPING: Final = (
    for_years("people", "how to reach each patient", "the patient's erasure"),
    for_years("plans", "what notify remembers of each handover"),
    for_years("plan_tasks", "what notify remembers of each task"),
    for_years("alerts", "what one person or team should learn, and what was decided about it"),
    for_years("deliveries", "every attempt to reach somebody, without addresses"),
    for_years("recalls", "messages that were to be taken back, and whether they were"),
    for_years("replies", "what patients answered on their pages"),
    Keeping(
        "links",
        "private links of patients, by the hash of their token",
        "30 days after they expired",
        clearing=Clearing(_LINKS, days=30),
    ),
    Keeping(
        "digests",
        "which team had its digest on which day",
        "30 days",
        clearing=Clearing(_DIGESTS, days=30),
    ),
    Keeping("teams", "what referral says of teams", "for ever: one row for each team"),
)
