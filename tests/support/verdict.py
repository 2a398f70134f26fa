"""What must hold after any trouble: whoever was acknowledged is handed over once, and nobody was ever forgotten."""

import threading
from collections import Counter
from collections.abc import Collection, Iterable
from dataclasses import dataclass, field
from types import TracebackType
from typing import Self

import psycopg

from services.console.site.keys import SERVICES
from tests.support.eventually import eventually_now
from tests.support.made_up import MadeUp
from tests.support.site import Record, Row, RunningSite

TASKS = {("R01", "ward-ZTA"), ("R06", "ward-ZTA")}
"""Rule and owner, before anybody accepts: the sender keeps everything until then."""
OFFERS = {"practice-Z90001"}
ALERTS = {("team", "ward-ZTA"), ("team", "practice-Z90001"), ("patient", "")}

_ORPHANS = """
WITH open_handovers AS (
    SELECT handover_id, owner_team FROM referral.handovers
    WHERE state = 'open' AND opened_at > now() - interval '5 minutes'
), open_tasks AS (
    SELECT task_id, t.owner_team, escalated_at FROM referral.tasks t JOIN open_handovers USING (handover_id)
    WHERE closed_at IS NULL
)
SELECT (SELECT count(*) FROM open_handovers h WHERE NOT EXISTS (
            SELECT FROM referral.ownership o WHERE o.subject = h.handover_id AND o.team = h.owner_team))
     + (SELECT count(*) FROM open_tasks t WHERE NOT EXISTS (
            SELECT FROM referral.ownership o WHERE o.subject = t.task_id AND o.team = t.owner_team))
     + (SELECT count(*) FROM open_tasks t WHERE escalated_at IS NULL AND NOT EXISTS (
            SELECT FROM referral.timers d WHERE d.subject = t.task_id AND d.rung_at IS NULL
            AND d.cancelled_at IS NULL))
"""


class Sampler:
    """Asks all the time whether anything open has no owner, or a task no timer."""

    def __init__(self, site: RunningSite) -> None:
        self._dsn = site.postgres.superuser_dsn("baton")
        self._stop = threading.Event()
        self._thread = threading.Thread(target=self._work, name="sampler", daemon=True)
        self.samples = 0
        self.orphans = 0

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._stop.set()
        self._thread.join(10)

    def _work(self) -> None:
        while not self._stop.is_set():
            try:
                with psycopg.connect(self._dsn, autocommit=True) as connection:
                    while not self._stop.wait(0.1):
                        [(orphans,)] = connection.execute(_ORPHANS).fetchall()
                        self.samples += 1
                        self.orphans += orphans
            except psycopg.Error:  # the database may be away: that is the journey
                self._stop.wait(0.1)


@dataclass(frozen=True)
class Told:
    """How often the world was told something, beyond once."""

    repeated_on_topics: int
    repeated_mails: int
    records: Counter[str] = field(default_factory=Counter)


def assert_handed_over_once(site: RunningSite, people: Collection[MadeUp]) -> Told:
    """Wait until everybody is handed over; then each has one handover, one set of tasks, one set of alerts."""
    keys = {site.key_of(person.number) for person in people}
    eventually_now(lambda: _all_told(site, keys), 90, "everybody is handed over and told")
    site.wait_until_quiet()

    assert _per(site, keys, "SELECT patient_key, count(*) AS n FROM discharge.spells") == {
        1: len(keys)
    }
    assert _per(site, keys, "SELECT patient_key, count(*) AS n FROM referral.handovers") == {
        1: len(keys)
    }
    assert _sets(
        site,
        keys,
        "SELECT h.patient_key, t.rule_id, t.owner_team FROM referral.tasks t JOIN referral.handovers h"
        " USING (handover_id)",
    ) == [TASKS]
    assert _sets(
        site,
        keys,
        "SELECT h.patient_key, o.team FROM referral.offers o JOIN referral.handovers h USING (handover_id)",
    ) == [OFFERS]
    assert _sets(site, keys, "SELECT patient_key, audience, team FROM notify.alerts") == [ALERTS]
    assert _sets(
        site,
        keys,
        "SELECT p.patient_key, t.rule_id, t.owner_team FROM notify.plan_tasks t JOIN notify.plans p"
        " USING (handover_id)",
    ) == [TASKS]
    states = site.rows(
        "SELECT state, count(*) AS n FROM notify.alerts WHERE patient_key = ANY(%s) GROUP BY state",
        sorted(keys),
    )
    assert states == [{"state": "sent", "n": len(keys) * len(ALERTS)}]
    return Told(repeated(site.records()), _repeated_mails(site, keys), _by_topic(site.records()))


def _all_told(site: RunningSite, keys: set[str]) -> bool:
    """Say who is not told yet, and how far they are."""
    rows = site.rows(
        "SELECT k.key, (SELECT count(*) FROM discharge.spells WHERE patient_key = k.key) AS spells,"
        " (SELECT count(*) FROM referral.handovers WHERE patient_key = k.key) AS handovers,"
        " (SELECT count(*) FROM notify.alerts WHERE patient_key = k.key AND state = 'sent') AS sent,"
        " (SELECT array_agg(state || ' ' || reason || ' leased until ' || coalesce(lease_until::text, '-'))"
        "  FROM notify.alerts WHERE patient_key = k.key AND state <> 'sent') AS others"
        " FROM unnest(%s::text[]) AS k (key)",
        sorted(keys),
    )
    missing = [row for row in rows if row["sent"] < len(ALERTS)]
    assert not missing, f"{len(missing)} are not told, for example {missing[:3]}"
    return True


def _per(site: RunningSite, keys: set[str], query: str) -> dict[int, int]:
    """How many patients have how many."""
    rows = site.rows(f"{query} WHERE patient_key = ANY(%s) GROUP BY patient_key", sorted(keys))
    return dict(Counter(row["n"] for row in rows))


def _sets(site: RunningSite, keys: set[str], query: str) -> list[set[object]]:
    """Every different set of things that a patient has; a thing that somebody has twice shows as a Counter."""
    of_patient: dict[str, Counter[object]] = {key: Counter() for key in keys}
    for row in site.rows(f"{query} WHERE patient_key = ANY(%s)", sorted(keys)):
        key, *thing = row.values()
        of_patient[key][tuple(thing) if len(thing) > 1 else thing[0]] += 1
    found: list[set[object]] = []
    for things in of_patient.values():
        twice = {thing: n for thing, n in things.items() if n > 1}
        assert not twice, f"somebody has {twice}"
        if set(things) not in found:
            found.append(set(things))
    return found


def _by_topic(records: Iterable[Record]) -> Counter[str]:
    return Counter(record.topic for record in records)


def repeated(records: Iterable[Record]) -> int:
    """Records that say again what an earlier one said."""
    ids = [dict(record.headers).get("ce_id") for record in records]
    return len(ids) - len(set(ids))


def _repeated_mails(site: RunningSite, keys: set[str]) -> int:
    """Mails under the reference of an earlier one; every alert to a team has at least one."""
    wanted = site.rows(
        "SELECT alert_id, audience FROM notify.alerts WHERE patient_key = ANY(%s)", sorted(keys)
    )
    by_mail = {f"<{row['alert_id']}@" for row in wanted if row["audience"] == "team"}
    arrived = Counter(
        reference
        for mail in site.mails()
        if (reference := mail.message_id.split("@")[0] + "@") in by_mail
    )
    assert set(arrived) == by_mail, "a mail is missing"
    letters = site.letters()
    by_letter = {str(row["alert_id"]) for row in wanted if row["audience"] == "patient"}
    assert by_letter <= letters.keys(), "a letter is missing"
    return arrived.total() - len(arrived)


def parked_ids(site: RunningSite) -> set[object]:
    return {row["parked_id"] for row in site.parked()}


def gaps(site: RunningSite) -> list[Row]:
    """Streams whose events do not count 1, 2, 3."""
    return [
        row
        for service in SERVICES
        for row in site.rows(
            f"SELECT stream, count(*) AS n, max(sequence) AS last FROM {service}.outbox GROUP BY stream"
            " HAVING count(*) <> max(sequence)"
        )
    ]
