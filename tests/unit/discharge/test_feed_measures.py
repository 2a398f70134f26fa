from datetime import UTC, datetime, timedelta

import pytest

from services.chassis.metrics import registry
from services.discharge.domain.message import Outcome
from services.discharge.inbound import feed_measures
from services.discharge.inbound.arrival import Arrival
from services.discharge.inbound.hl7.message import read_hl7
from tests.support.hospital import an_adt

SENT = datetime(2026, 9, 8, 16, 41, 10, tzinfo=UTC)


@pytest.fixture(autouse=True)
def nothing_noted():
    feed_measures.show([])


def comes(after: timedelta, **given: str) -> None:
    """A message that was sent at `SENT`, received so much later."""
    message = an_adt(sent=SENT.strftime("%Y%m%d%H%M%S+0000"), **given)
    incoming, _ = read_hl7(message, Arrival(SENT + after, "mllp"), frozenset())
    outcome = Outcome(incoming.message_id, incoming.received_at, incoming.answer)
    feed_measures.note([incoming], [outcome])


def a_feed(application: str = "PAS") -> dict:
    return {
        "organisation": "ZTA",
        "application": application,
        "last_message_at": SENT,
        "expected_per_hour": None,
        "silent_since": None,
        "refusing_since": None,
        "catching_up_since": None,
        "judged_at": SENT,
    }


def skew(label: str) -> float | None:
    return registry.get_sample_value("baton_feed_clock_skew_seconds", {"source": label})


def sender() -> tuple[str, str]:
    incoming, _ = read_hl7(an_adt(), Arrival(SENT, "mllp"), frozenset())
    return incoming.sender.organisation, incoming.sender.application


def test_a_clock_that_runs_ahead_shows_in_the_quickest_message():
    organisation, application = sender()
    comes(timedelta(seconds=-45))
    comes(timedelta(minutes=20), control_id="M2")

    feed_measures.show([a_feed() | {"organisation": organisation, "application": application}])

    assert skew(f"{organisation}/{application}") == 45


def test_one_message_that_waited_does_not_make_a_clock_slow():
    organisation, application = sender()
    comes(timedelta(hours=2))
    comes(timedelta(seconds=1), control_id="M2")

    feed_measures.show([a_feed() | {"organisation": organisation, "application": application}])

    assert skew(f"{organisation}/{application}") == -1


def test_only_sources_that_are_known_become_labels():
    comes(timedelta(seconds=1))

    feed_measures.show([a_feed("ELSEWHERE")])

    assert skew("ZTA/ELSEWHERE") is None
    assert registry.get_sample_value("baton_feed_silent", {"source": "ZTA/ELSEWHERE"}) == 0


def test_a_number_in_the_name_of_a_source_is_masked():
    assert "9995000385" not in feed_measures.label_of("ZTA", "9995000385")
