"""A whole site of real processes, with what a test may do to it: end a part, start it again, look inside."""

import asyncio
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import httpx2
import psycopg
from aiokafka import AIOKafkaConsumer, ConsumerRecord, TopicPartition
from aiokafka.admin import AIOKafkaAdminClient
from psycopg.rows import dict_row

from deploy.local.broker import LONG_POLL
from deploy.local.mail import Mail
from deploy.local.ports import is_listening
from schemas.patient_key import patient_key
from schemas.topics import TOPICS
from services.console.site.environment import Environment
from services.console.site.keys import SERVICES
from services.console.site.local_site import LocalSite
from services.console.site.plan import Plan, choose_ports
from services.console.site.processes import Watched
from tests.support.eventually import eventually_now

Record = ConsumerRecord[bytes, bytes]
Row = dict[str, Any]
READY_WITHIN = 60.0


class RunningSite:
    """One site on ports of its own, with its own PostgreSQL and its own Kafka."""

    def __init__(self, folder: Path, kafka: str) -> None:
        plan = Plan(choose_ports(usual=False), folder / "data", folder / "logs", kafka=kafka)
        self._site = LocalSite(plan, lambda _: None)
        self.plan = plan
        self.postgres = self._site.postgres
        self.broker = self._site.broker
        self.mailbox = self._site.mailbox
        self.mllp = ("127.0.0.1", plan.ports["mllp"])

    def start(self) -> None:
        self._site.start()

    def stop(self) -> None:
        self._site.stop()

    # What a test does to it.

    def pid(self, name: str) -> int:
        return self._process(name).child.pid

    def is_running(self, name: str) -> bool:
        return self._process(name).child.is_running

    def kill(self, name: str) -> None:
        """End a process as a power cut would; what it had leased is free at once, not after the usual minutes."""
        self._process(name).child.kill()
        if name == "notify":
            self.run(
                "UPDATE notify.alerts SET lease_until = clock_timestamp() WHERE lease_until > now()"
            )

    def end(self, name: str) -> None:
        """End a process in order."""
        self._process(name).child.stop()

    def start_again(self, name: str, **told: str) -> None:
        """Start a process on its old ports, if it does not run; `told` adds to its environment."""
        process = self._process(name)
        if process.child.is_running:
            return
        environment = self._environment().of(name) | told
        place = self._site.watched.index(process)
        self._site.watched[place] = Watched(name, f"services.{name}", environment, self.plan.logs)

    def restart(self, name: str, **told: str) -> None:
        """End a process in order and start it again with something else in its environment."""
        self.end(name)
        self.start_again(name, **told)
        self.wait_until_ready(name)

    def wait_until_ready(self, *names: str) -> None:
        for name in names or SERVICES:
            self._process(name).wait_until_ready(READY_WITHIN)

    def wait_until_alive(self, name: str) -> None:
        """Wait until the process answers at all."""
        port = self.plan.ports[name]
        self._process(name).child.wait_until(lambda: is_listening(port), READY_WITHIN)

    def stop_database(self) -> None:
        """As a crash would: the next start has to recover."""
        self.postgres.stop("immediate")

    def start_database(self) -> None:
        self.postgres.start(self.plan.data / "postgres")

    def stop_kafka(self) -> None:
        self.broker.stop()

    def start_kafka(self) -> None:
        self.broker.start(self.plan.data / "kafka")

    def mend(self) -> None:
        """Start again whatever a test left ended."""
        if not self.postgres.is_running:
            self.start_database()
        if not is_listening(int(self.broker.bootstrap.rpartition(":")[2])):
            self.start_kafka()
        for name in SERVICES:
            self.start_again(name)
        self.wait_until_ready()

    # What it is asked from outside.

    def client(self, service: str, **headers: str) -> httpx2.Client:
        """A client of a service's JSON interface that may do everything."""
        return httpx2.Client(
            base_url=self.plan.url(service),
            headers={"Authorization": f"Bearer {self.plan.keys.token}", **headers},
            timeout=20,
        )

    def visitor(self, service: str) -> httpx2.Client:
        """Somebody with a browser who is not signed in."""
        return httpx2.Client(
            base_url=self.plan.url(service),
            headers={"Accept": "text/html", "Origin": self.plan.url(service)},
            follow_redirects=True,
            timeout=20,
        )

    def overview(self, service: str) -> Row:
        """What the service tells operators of itself."""
        with self.client(service) as client:
            said: Row = client.get("/operations").raise_for_status().json()
        return said

    def metric(self, service: str, name: str) -> float:
        """The sum of a metric's samples."""
        text = httpx2.get(f"{self.plan.url(service)}/metrics", timeout=20).raise_for_status().text
        samples = (line.rsplit(" ", 1) for line in text.splitlines() if line.startswith(name))
        return sum(float(value) for sample, value in samples if sample.split("{")[0] == name)

    def mails(self, to: str = "") -> list[Mail]:
        """Every mail that arrived, or those to one address."""
        return [mail for mail in self.mailbox.messages() if not to or to in mail.to]

    def letters(self) -> dict[str, str]:
        """The letters in the printer's folder, by the id of their alert."""
        return {path.stem: path.read_text("utf-8") for path in self.plan.letters.glob("*.html")}

    # What only a test sees.

    def key_of(self, nhs_number: str) -> str:
        """The opaque key of a patient at this site."""
        return patient_key(self.plan.keys.site.encode(), "nhs", nhs_number)

    def rows(self, query: str, *values: Any) -> list[Row]:
        """Rows of the site's database, as its superuser sees them."""
        dsn = self.postgres.superuser_dsn("baton")
        with psycopg.connect(dsn, autocommit=True, row_factory=dict_row) as connection:
            return connection.execute(query, values or None).fetchall()

    def run(self, statement: str, *values: Any) -> None:
        """Change the site's database, as its superuser."""
        with psycopg.connect(self.postgres.superuser_dsn("baton"), autocommit=True) as connection:
            connection.execute(statement, values or None)

    def value(self, query: str, *values: Any) -> Any:
        [row] = self.rows(query, *values)
        return next(iter(row.values()))

    def unpublished(self) -> int:
        return sum(self.value(f"SELECT count(*) FROM {s}.outbox_pending") for s in SERVICES)

    def parked(self) -> list[Row]:
        """What waits in front of a person, in any service."""
        return [
            {"service": service, **row}
            for service in SERVICES
            for row in self.rows(
                "SELECT parked_id, topic, key, reason, error, body"
                f" FROM {service}.parked WHERE resolved_at IS NULL ORDER BY parked_id"
            )
        ]

    def records(self) -> list[Record]:
        """Everything on every topic, in the order of each partition."""
        return asyncio.run(self._records())

    def logs(self) -> dict[str, str]:
        """What every process wrote, by the name of its file."""
        folders = [self.plan.logs, self.plan.data / "kafka", self.postgres.data_dir]
        return {
            f"{folder.name}/{path.name}": path.read_text("utf-8", errors="replace")
            for folder in folders
            if folder is not None
            for path in sorted(folder.glob("*.log"))
        }

    def is_quiet(self) -> bool:
        """Nothing is to be published, heard or sent; what goes with a digest waits for its time of day."""
        assert self.unpublished() == 0, "something is unpublished"
        waiting = self.value(
            "SELECT count(*) FROM notify.alerts WHERE state = 'waiting'"
            " AND NOT (digest AND attempts = 0 AND next_attempt_at > clock_timestamp())"
        )
        assert waiting == 0, f"{waiting} alerts are to be sent"
        behind = asyncio.run(self._behind())
        assert behind == 0, f"{behind} records are to be heard"
        # What was heard last may have been answered.
        assert self.unpublished() == 0, "something is unpublished"
        return True

    def wait_until_quiet(self, timeout: float = 60) -> None:
        eventually_now(self.is_quiet, timeout, "the site is quiet")

    def _process(self, name: str) -> Watched:
        return next(process for process in self._site.watched if process.name == name)

    def _environment(self) -> Environment:
        return Environment(
            self.plan,
            kafka=self.broker.bootstrap,
            paced=LONG_POLL not in self.broker.capabilities,
            dsn=self.postgres.dsn,
        )

    async def _behind(self) -> int:
        """Records that some service has not settled yet; it says what it has settled once a poll."""
        admin = AIOKafkaAdminClient(bootstrap_servers=self.broker.bootstrap)
        consumer = AIOKafkaConsumer(bootstrap_servers=self.broker.bootstrap)
        await asyncio.gather(admin.start(), consumer.start())
        try:
            ends = await consumer.end_offsets(_places())
            behind = 0
            for service in SERVICES:
                settled = await admin.list_consumer_group_offsets(f"{service}.v1")
                for place, end in ends.items():
                    if service in TOPICS[place.topic].readers:
                        behind += end - (settled[place].offset if place in settled else 0)
            return behind
        finally:
            await asyncio.gather(admin.close(), consumer.stop())

    async def _records(self) -> list[Record]:
        consumer = AIOKafkaConsumer(
            bootstrap_servers=self.broker.bootstrap, auto_offset_reset="earliest"
        )
        await consumer.start()
        try:
            places = _places()
            consumer.assign(places)
            ends = await consumer.end_offsets(places)
            found: list[Record] = []
            await consumer.seek_to_beginning(*places)
            while any([await consumer.position(place) < ends[place] for place in places]):
                for records in (await consumer.getmany(timeout_ms=200)).values():
                    found += records
            return found
        finally:
            await consumer.stop()


def _places() -> list[TopicPartition]:
    return [
        TopicPartition(topic.name, partition)
        for topic in TOPICS.values()
        for partition in range(topic.partitions)
    ]


@contextmanager
def a_site(kafka: str) -> Iterator[RunningSite]:
    """A site that is ready; it ends with the block, and leaves nothing behind."""
    with tempfile.TemporaryDirectory(prefix="baton-journeys-") as folder:
        site = RunningSite(Path(folder), kafka)
        try:
            site.start()
            yield site
        finally:
            site.stop()


def until(
    site: RunningSite, query: str, *values: Any, timeout: float = 30, what: str = ""
) -> Sequence[Row]:
    """Wait for rows, and give them."""
    return eventually_now(lambda: site.rows(query, *values), timeout, what or query)
