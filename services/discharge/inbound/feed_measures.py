"""What is measured of the sources: how late messages come, how their clocks run, and what the watch finds."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any, Final

from services.chassis.metrics import Children, counter, gauge, histogram
from services.chassis.redaction import mask_text
from services.discharge.domain.message import Incoming, Outcome

Source = tuple[str, str]

_SAID = Children(
    counter(
        "baton_intake_statements_total", "Messages taken in, by what they are about", ("happening",)
    )
)
_LATENESS = histogram(
    "baton_intake_lateness_seconds",
    "From what happened in hospital to its message",
    buckets=(1, 10, 60, 300, 900, 3600, 21_600, 86_400, 604_800),
)
_SILENT = gauge("baton_feed_silent", "1: should have spoken by now", ("source",))
_REFUSED_OFTEN = gauge("baton_feed_refused_often", "1: too much of it is refused", ("source",))
_CATCHING_UP = gauge("baton_feed_catching_up", "1: sends what is hours old", ("source",))
_LAST = gauge(
    "baton_feed_last_message_timestamp_seconds", "When its last message came", ("source",)
)
_EXPECTED = gauge("baton_feed_expected_per_hour", "What it usually sends at this hour", ("source",))
_SKEW = gauge(
    "baton_feed_clock_skew_seconds",
    "Its clock minus ours, as far as its quickest message of the last minute tells",
    ("source",),
)
_JUDGED = gauge("baton_feeds_judged_timestamp_seconds", "When the sources were looked at last")
_GAUGES: Final = (_SILENT, _REFUSED_OFTEN, _CATCHING_UP, _LAST, _EXPECTED)
_MOST_CLOCKS: Final = 200

_quickest: dict[Source, float] = {}
"""Of each source since the last look: the seconds that its quickest message took from MSH-7 to us."""


def note(batch: Sequence[Incoming], outcomes: Sequence[Outcome]) -> None:
    """Note when the messages of a committed batch came."""
    for incoming, outcome in zip(batch, outcomes, strict=True):
        said = incoming.statement
        if said is None or outcome.repeated or outcome.answer.code != "AA":
            continue
        _SAID[said.happening].inc()
        if incoming.arrived_by == "national":
            continue
        received = incoming.received_at
        _LATENESS.observe(max(0.0, (received - said.happened_at).total_seconds()))
        source = (incoming.sender.organisation, incoming.sender.application)
        if source in _quickest or len(_quickest) < _MOST_CLOCKS:
            took = (received - said.said_at).total_seconds()
            _quickest[source] = min(took, _quickest.get(source, took))


def show(feeds: Iterable[Mapping[str, Any]]) -> None:
    """Bring the gauges up to what is known of the sources. Their number is limited, and so are the labels."""
    for each in _GAUGES:
        each.clear()
    for feed in feeds:
        label = label_of(feed["organisation"], feed["application"])
        _SILENT.labels(label).set(feed["silent_since"] is not None)
        _REFUSED_OFTEN.labels(label).set(feed["refusing_since"] is not None)
        _CATCHING_UP.labels(label).set(feed["catching_up_since"] is not None)
        _LAST.labels(label).set(feed["last_message_at"].timestamp())
        if feed["expected_per_hour"] is not None:
            _EXPECTED.labels(label).set(feed["expected_per_hour"])
        if feed["judged_at"]:
            _JUDGED.set(feed["judged_at"].timestamp())
        took = _quickest.get((feed["organisation"], feed["application"]))
        if took is not None:
            _SKEW.labels(label).set(-took)
    _quickest.clear()


def label_of(organisation: str, application: str) -> str:
    """How a source is named in metrics and logs."""
    return mask_text(f"{organisation}/{application}")
