"""Services, Kafka and the database are killed while a hospital sends; nobody is lost, nothing happens twice."""

import random
import threading
from collections.abc import Iterator
from contextlib import contextmanager

import psycopg
import pytest

from tests.support.eventually import eventually_now
from tests.support.made_up import MadeUp, somebody
from tests.support.sending import Trickle
from tests.support.site import RunningSite
from tests.support.verdict import Sampler, Told, assert_handed_over_once, gaps, parked_ids

pytestmark = [pytest.mark.slow, pytest.mark.timeout(240)]
SERVICES = ("discharge", "referral", "notify")


class Run:
    """Patients who go home while something breaks."""

    def __init__(self, site: RunningSite, trickle: Trickle) -> None:
        self._site = site
        self._trickle = trickle

    def after(self, accepted: int) -> None:
        """Wait until so many messages are accepted."""
        eventually_now(
            lambda: self._trickle.sent.accepted >= accepted, 60, f"{accepted} are accepted"
        )

    @property
    def sent(self) -> object:
        return self._trickle.sent


@contextmanager
def going_home(
    site: RunningSite, count: int, a_second: float, record: pytest.FixtureRequest
) -> Iterator[Run]:
    """While `count` people go home; afterwards each of them is handed over once."""
    people = [somebody() for _ in range(count)]
    parked = parked_ids(site)
    bodies = [person.goes_home() for person in people]
    with Sampler(site) as sampler, Trickle(site.mllp, bodies, a_second=a_second) as trickle:
        yield Run(site, trickle)
        trickle.wait(90)
        told = judge(site, people)
    assert trickle.sent.accepted == count
    assert parked_ids(site) == parked, "something is parked"
    assert sampler.samples > 10
    assert sampler.orphans == 0
    print(f"\n{record.node.name}: {trickle.sent}, {told}, {sampler.samples} samples")


def judge(site: RunningSite, people: list[MadeUp]) -> Told:
    told = assert_handed_over_once(site, people)
    assert gaps(site) == []
    return told


def test_every_service_may_be_killed_while_the_hospital_sends(
    site: RunningSite, request: pytest.FixtureRequest
) -> None:
    with going_home(site, 60, 12, request) as run:
        for accepted, service in zip((8, 16, 24), SERVICES, strict=True):
            run.after(accepted)
            site.kill(service)
            site.start_again(service)
        site.wait_until_ready()


def test_kafka_may_be_away_and_hospitals_do_not_notice(
    site: RunningSite, request: pytest.FixtureRequest
) -> None:
    with going_home(site, 60, 12, request) as run:
        run.after(10)
        site.stop_kafka()
        before = run.sent.accepted
        run.after(before + 40)
        assert run.sent.no_answer == run.sent.not_now == 0
        assert site.unpublished() >= 40
        site.start_kafka()


def test_the_database_may_crash_and_hospitals_send_again(
    site: RunningSite, request: pytest.FixtureRequest
) -> None:
    with going_home(site, 60, 12, request) as run:
        run.after(10)
        site.stop_database()
        eventually_now(lambda: run.sent.not_now + run.sent.no_answer >= 5, 20, "nobody is accepted")
        site.start_database()


def test_a_relay_killed_between_publishing_and_striking_off_repeats_and_nobody_notices(
    site: RunningSite, request: pytest.FixtureRequest
) -> None:
    chance = random.Random(20261122)
    with going_home(site, 90, 12, request) as run:
        for number in range(6):
            run.after(5 + number * 10)
            service = SERVICES[number % 2]
            with stopped_before_striking_off(site, service):
                site.kill(service)
            threading.Event().wait(chance.uniform(0, 0.3))
            site.start_again(service)


@contextmanager
def stopped_before_striking_off(site: RunningSite, service: str) -> Iterator[None]:
    """Hold what the relay needs to strike a letter off, once it has published it."""
    dsn = site.postgres.superuser_dsn("baton")
    with psycopg.connect(dsn) as holding:
        holding.execute(f"SELECT 1 FROM {service}.relay_lease FOR UPDATE")
        eventually_now(
            lambda: site.rows(
                "SELECT 1 FROM pg_stat_activity WHERE wait_event_type = 'Lock'"
                " AND application_name = %s AND query LIKE '%%outbox_pending%%'",
                f"baton-{service}",
            ),
            10,
            f"{service} has published and waits to strike off",
        )
        yield
