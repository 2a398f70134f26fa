"""Services, Kafka and the database are killed while a hospital sends; nobody is lost, nothing happens twice."""

import random
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress

import psycopg
import pytest

from tests.support.eventually import eventually_now
from tests.support.made_up import MadeUp, somebody
from tests.support.sending import Sent, Trickle
from tests.support.site import RunningSite
from tests.support.verdict import Sampler, Told, assert_handed_over_once, gaps, parked_ids, repeated

pytestmark = [pytest.mark.slow, pytest.mark.timeout(240)]
SERVICES = ("discharge", "referral", "notify")


class GoingHome:
    """People who go home from Ward 7, one after the other, while something breaks."""

    def __init__(self, site: RunningSite, a_second: float) -> None:
        self.people: list[MadeUp] = []
        self.trickle = Trickle(site.mllp, self._next, a_second=a_second)

    def _next(self) -> bytes:
        self.people.append(somebody())
        return self.people[-1].goes_home()

    @property
    def sent(self) -> Sent:
        return self.trickle.sent

    def until_accepted(self, more: int) -> None:
        """Wait until so many more messages are accepted than are now."""
        wanted = self.sent.accepted + more
        eventually_now(lambda: self.sent.accepted >= wanted, 60, f"{more} more are accepted")


@contextmanager
def going_home(
    site: RunningSite, test: pytest.FixtureRequest, a_second: float = 12
) -> Iterator[GoingHome]:
    """People go home during the block and until there were 60; then each of them is handed over once."""
    parked = parked_ids(site)
    going = GoingHome(site, a_second)
    with Sampler(site) as sampler, going.trickle:
        yield going
        going.until_accepted(max(0, 60 - going.sent.accepted))
        going.trickle.finish(60)
        told = judge(site, going.people)
    assert going.sent.accepted == len(going.people)
    assert parked_ids(site) == parked, "something is parked"
    assert sampler.samples >= 5, f"{sampler.samples} samples"
    assert sampler.orphans == 0, f"{sampler.orphans} without an owner or a timer"
    print(f"\n{test.node.name}: {going.sent}, {told}, {sampler.samples} samples")


def judge(site: RunningSite, people: list[MadeUp]) -> Told:
    told = assert_handed_over_once(site, people)
    assert gaps(site) == []
    return told


def test_every_service_may_be_killed_while_the_hospital_sends(
    site: RunningSite, request: pytest.FixtureRequest
) -> None:
    with going_home(site, request) as going:
        for service in SERVICES:
            going.until_accepted(8)
            site.kill(service)
            site.start_again(service)
        site.wait_until_ready()


def test_kafka_may_be_away_and_hospitals_do_not_notice(
    site: RunningSite, request: pytest.FixtureRequest
) -> None:
    with going_home(site, request) as going:
        going.until_accepted(5)
        site.stop_kafka()

        going.until_accepted(30)

        assert going.sent.no_answer == going.sent.not_now == 0
        assert site.unpublished() >= 30
        for service in ("discharge", "referral"):
            site.kill(service)
            site.start_again(service)
        going.until_accepted(10)
        site.start_kafka()


def test_the_database_may_crash_and_hospitals_send_again(
    site: RunningSite, request: pytest.FixtureRequest
) -> None:
    with going_home(site, request) as going:
        going.until_accepted(5)
        with held(site, "referral", "inbox"), held(site, "notify", "inbox"):
            site.stop_database()
        before = going.sent.accepted

        eventually_now(lambda: going.sent.not_now + going.sent.no_answer >= 6, 20, "AE or nothing")

        assert going.sent.accepted == before
        site.start_database()


def test_a_relay_killed_between_publishing_and_striking_off_repeats_and_nobody_notices(
    site: RunningSite, request: pytest.FixtureRequest
) -> None:
    before = repeated(site.records())
    with going_home(site, request) as going:
        for number in range(4):
            service = SERVICES[number % 2]
            # It has published and has not struck off yet: both happen in one statement.
            with held(site, service, "relay_position"):
                site.kill(service)
            site.start_again(service)
            going.until_accepted(5)
    assert repeated(site.records()) >= before + 4


def test_services_killed_at_any_moment_lose_and_double_nothing(
    site: RunningSite, request: pytest.FixtureRequest
) -> None:
    chance = random.Random(20261122)
    with going_home(site, request, a_second=15):
        for service in chance.choices(SERVICES, weights=(4, 4, 2), k=4):
            site.wait_until_alive(service)
            time.sleep(chance.uniform(0, 1))  # any moment will do
            site.kill(service)
            site.start_again(service)


@contextmanager
def held(site: RunningSite, service: str, table: str) -> Iterator[None]:
    """Keep a service from writing a table, until it waits for that in the middle of its work."""
    holding = psycopg.connect(site.postgres.superuser_dsn("baton"))
    try:
        holding.execute(f"LOCK TABLE {service}.{table} IN SHARE MODE")
        eventually_now(
            lambda: site.rows(
                "SELECT 1 FROM pg_stat_activity WHERE wait_event_type = 'Lock'"
                " AND application_name = %s AND query LIKE %s",
                f"baton-{service}",
                f"%INTO {table}%",
            ),
            40,
            f"{service} waits to write into {table}",
        )
        yield
    finally:
        with suppress(psycopg.OperationalError):  # the server may be gone by now
            holding.close()
