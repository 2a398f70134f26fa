"""A team's figures as they may be shown: small numbers hidden, weeks as a chart."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from services.referral.domain.directory import Directory
from services.referral.domain.process_chart import Chart, xmr
from services.referral.domain.reasons import DECLINE
from services.referral.domain.suppression import FEWEST, hidden, may_show
from services.referral.usecases.measure_views import LAGS, Lag, TeamMeasures, WeekView

FEW = f"fewer than {FEWEST}"
HIDDEN = "not shown"
TITLES: Mapping[Lag, str] = {
    "acceptance": "Until your team accepted",
    "contact": "Until somebody spoke with the patient",
    "completion": "Until the handover was complete",
}
ANSWERS: Mapping[str, str] = {
    "accepted": "Accepted",
    "declined": "Declined",
    "redirected": "Passed on",
    "withdrawn": "Called off before an answer",
    "offered": "Waiting for an answer",
}


@dataclass(frozen=True, slots=True)
class LagRow:
    """One kind of time, from one sender."""

    lag: Lag
    title: str
    sender: str
    count: str
    median: str
    ninetieth: str


@dataclass(frozen=True, slots=True)
class WeekRow:
    """One week of a chart."""

    week: date
    count: str
    median: float | None
    """Hours; None: too few to be shown."""
    signal: str


@dataclass(frozen=True, slots=True)
class LagChart:
    """The weeks of one kind of time."""

    lag: Lag
    title: str
    weeks: Sequence[WeekRow]
    chart: Chart | None
    """None: too few weeks for limits."""


@dataclass(frozen=True, slots=True)
class Figures:
    """Everything on the page, and in the export."""

    lags: Sequence[LagRow] = ()
    charts: Sequence[LagChart] = ()
    asked: Sequence[tuple[str, str]] = ()
    refused: Sequence[tuple[str, str]] = ()
    others: Sequence[tuple[str, str]] = field(default=())


def figures(measured: TeamMeasures, directory: Directory) -> Figures:
    """What may be shown of what was measured."""
    refused = {DECLINE.get(reason, reason): n for reason, n in measured.refused.items()}
    asked = {ANSWERS[state]: measured.asked.get(state, 0) for state in ANSWERS}
    return Figures(
        lags=[row for lag in LAGS for row in _lag_rows(lag, measured, directory)],
        charts=[_chart(lag, [w for w in measured.weeks if w.lag == lag]) for lag in LAGS],
        asked=_counts(asked),
        refused=_counts(refused),
        others=[
            ("Tasks done", _count(measured.done)),
            ("Not done by their deadline", _count(measured.breached)),
            ("Taken up again after they were closed", _count(measured.reopened)),
        ],
    )


def as_rows(shown: Figures) -> list[dict[str, Any]]:
    """Every figure as a row of its own, for export: what, of whom, which week, how many, hours."""
    rows: list[dict[str, Any]] = [
        {
            "measure": row.lag,
            "sender": row.sender,
            "week": "",
            "count": row.count,
            "median_hours": row.median,
            "ninetieth_hours": row.ninetieth,
        }
        for row in shown.lags
    ]
    rows += [
        {
            "measure": chart.lag,
            "sender": "",
            "week": week.week.isoformat(),
            "count": week.count,
            "median_hours": "" if week.median is None else f"{week.median:.1f}",
            "ninetieth_hours": "",
        }
        for chart in shown.charts
        for week in chart.weeks
    ]
    for title, count in (*shown.asked, *shown.refused, *shown.others):
        rows.append(
            {
                "measure": title,
                "sender": "",
                "week": "",
                "count": count,
                "median_hours": "",
                "ninetieth_hours": "",
            }
        )
    return rows


def _lag_rows(lag: Lag, measured: TeamMeasures, directory: Directory) -> list[LagRow]:
    of_lag = [view for view in measured.lags if view.lag == lag]
    concealed = hidden({view.sender_team: view.count for view in of_lag if view.sender_team})
    rows = []
    for view in of_lag:
        sender = directory.name_of(view.sender_team) if view.sender_team else "Everybody"
        shown = may_show(view.count) and view.sender_team not in concealed
        rows.append(
            LagRow(
                lag,
                TITLES[lag],
                sender,
                str(view.count) if shown else _why(view.count),
                f"{view.median:.1f}" if shown else "",
                f"{view.ninetieth:.1f}" if shown else "",
            )
        )
    return rows


def _chart(lag: Lag, weeks: Sequence[WeekView]) -> LagChart:
    shown = [week for week in weeks if may_show(week.count)]
    chart = xmr([week.median for week in shown])
    signals = dict(zip([week.week for week in shown], chart.signals, strict=True)) if chart else {}
    return LagChart(
        lag,
        TITLES[lag],
        [
            WeekRow(
                week.week,
                _count(week.count),
                week.median if may_show(week.count) else None,
                signals.get(week.week, ""),
            )
            for week in weeks
        ],
        chart,
    )


def _counts(counts: Mapping[str, int]) -> list[tuple[str, str]]:
    concealed = hidden(counts)
    return [
        (name, _why(count) if name in concealed else str(count)) for name, count in counts.items()
    ]


def _count(count: int) -> str:
    return str(count) if may_show(count) else FEW


def _why(count: int) -> str:
    return HIDDEN if may_show(count) else FEW
