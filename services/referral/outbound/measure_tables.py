"""The figures of a team, counted where the work is kept."""

from collections.abc import Sequence
from datetime import datetime

from services.chassis.connection import Connection
from services.referral.usecases.measure_views import LagView, TeamMeasures, WeekView

# What a team accepted, first spoke with the patient about, and took part in until it was done. Test patients and
# withdrawn handovers are no care that took its time.
_LAGS = """
WITH lags AS (
    SELECT 'acceptance' AS lag, h.sender_team, o.answered_at AS at, h.clock_started_at AS since
    FROM offers o JOIN handovers h USING (handover_id)
    WHERE o.team = $1 AND o.state = 'accepted' AND o.answered_at >= $2 AND o.answered_at < $3 AND NOT h.test_patient
    UNION ALL
    SELECT 'contact', h.sender_team, min(t.closed_at), h.clock_started_at
    FROM tasks t JOIN handovers h USING (handover_id)
    WHERE t.owner_team = $1 AND t.status = 'completed' AND t.code = ANY($4::text[]) AND NOT h.test_patient
      AND t.closed_at >= $2 AND t.closed_at < $3
    GROUP BY h.handover_id
    UNION ALL
    SELECT 'completion', h.sender_team, h.closed_at, h.clock_started_at
    FROM handovers h
    WHERE h.state = 'completed' AND h.closed_at >= $2 AND h.closed_at < $3 AND NOT h.test_patient
      AND EXISTS (SELECT FROM offers o WHERE o.handover_id = h.handover_id AND o.team = $1 AND o.state = 'accepted')
), hours AS (
    SELECT lag, sender_team, extract(epoch FROM at - since)::float8 / 3600 AS hours,
           date_trunc('week', at AT TIME ZONE 'Europe/London')::date AS week
    FROM lags
)
SELECT lag, sender_team, week, count(*) AS count,
       percentile_cont(0.5) WITHIN GROUP (ORDER BY hours) AS median,
       percentile_cont(0.9) WITHIN GROUP (ORDER BY hours) AS ninetieth
FROM hours
GROUP BY GROUPING SETS ((lag), (lag, sender_team), (lag, week))
ORDER BY lag, sender_team NULLS FIRST, week NULLS FIRST
"""
_ANSWERS = """
SELECT o.state, CASE WHEN o.state = 'declined' THEN o.answered_because ELSE '' END AS reason, count(*) AS count
FROM offers o JOIN handovers h USING (handover_id)
WHERE o.team = $1 AND NOT h.test_patient AND h.opened_at < $3
  AND (o.answered_at >= $2 AND o.answered_at < $3 OR o.state = 'offered')
GROUP BY 1, 2
"""
_TASKS = """
SELECT count(*) FILTER (WHERE t.status = 'completed') AS done,
       count(*) FILTER (WHERE t.closed_at > t.due_at AND t.status IN ('completed', 'failed')) AS breached,
       (SELECT count(*) FROM tasks again JOIN tasks before ON before.task_id = again.follows
        WHERE again.owner_team = $1 AND before.status = 'completed'
          AND again.anchored_at >= $2 AND again.anchored_at < $3) AS reopened
FROM tasks t JOIN handovers h USING (handover_id)
WHERE t.owner_team = $1 AND t.closed_at >= $2 AND t.closed_at < $3 AND NOT h.test_patient
"""


class MeasureTables:
    """Implements `usecases.measure_views.Measures`."""

    async def of_team(
        self,
        connection: Connection,
        team: str,
        since: datetime,
        until: datetime,
        contacts: Sequence[str],
    ) -> TeamMeasures:
        lags = await connection.fetch(_LAGS, team, since, until, contacts)
        answers = await connection.fetch(_ANSWERS, team, since, until)
        tasks = await connection.fetchrow(_TASKS, team, since, until)
        assert tasks is not None
        asked: dict[str, int] = {}
        for row in answers:
            asked[row["state"]] = asked.get(row["state"], 0) + row["count"]
        return TeamMeasures(
            lags=[
                LagView(
                    row["lag"],
                    row["sender_team"] or "",
                    row["count"],
                    row["median"],
                    row["ninetieth"],
                )
                for row in lags
                if row["week"] is None
            ],
            weeks=[
                WeekView(row["lag"], row["week"], row["count"], row["median"])
                for row in lags
                if row["week"] is not None
            ],
            asked=asked,
            refused={r["reason"]: r["count"] for r in answers if r["state"] == "declined"},
            reopened=tasks["reopened"],
            breached=tasks["breached"],
            done=tasks["done"],
        )
