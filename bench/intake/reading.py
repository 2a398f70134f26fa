"""Reading and answering in one process, without a database: how fast, and whether memory stays flat."""

import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime

import psutil

from bench.intake.messages import bundles, hl7
from bench.patients import patients
from services.discharge.domain.message import Outcome
from services.discharge.inbound.arrival import Arrival
from services.discharge.inbound.fhir.message import read_fhir
from services.discharge.inbound.fhir.responses import respond
from services.discharge.inbound.hl7.acks import acknowledge
from services.discharge.inbound.hl7.message import read_hl7

_DIFFERENT = 5_000
_QUARTERS = (0, 25, 50, 75, 100)


@dataclass(frozen=True)
class Read:
    """How fast messages were read and answered."""

    per_second: float
    per_cpu_second: float
    """Of a core's own time: the same on a busy machine."""


@dataclass(frozen=True)
class Memory:
    """Megabytes that the process held after so many percent of the messages."""

    messages: int
    seconds: float
    megabytes: dict[int, float]

    @property
    def growth(self) -> float:
        """Megabytes between the first quarter, when every cache is warm, and the end."""
        return self.megabytes[100] - self.megabytes[25]


def answer_hl7(body: bytes) -> None:
    """Read one message and write its acknowledgement."""
    now = datetime.now(UTC)
    incoming, header = read_hl7(body, Arrival(now, "mllp"), frozenset())
    acknowledge(header, incoming.answer, incoming.message_id, now)
    if incoming.answer.code != "AA":
        raise ValueError(incoming.answer)


def answer_fhir(body: bytes) -> None:
    """Read one Bundle and write its response message."""
    incoming, reading = read_fhir(body, Arrival(datetime.now(UTC), "http"))
    respond(incoming, reading, Outcome(incoming.message_id, incoming.received_at, incoming.answer))
    if incoming.answer.code != "AA":
        raise ValueError(incoming.answer)


def different_hl7() -> list[bytes]:
    """Some thousand A03, all different."""
    return hl7(patients(_DIFFERENT), 0, datetime.now(UTC))


def different_bundles() -> list[bytes]:
    """Some thousand Bundles, all different."""
    return bundles(patients(_DIFFERENT), 0)


def read(answer: Callable[[bytes], None], messages: Sequence[bytes], seconds: float) -> Read:
    """Read and answer for so long."""
    for body in messages[:500]:
        answer(body)
    done, began, used = 0, time.perf_counter(), time.thread_time()
    while (took := time.perf_counter() - began) < seconds:
        for body in messages:
            answer(body)
        done += len(messages)
    return Read(round(done / took), round(done / (time.thread_time() - used)))


def memory(answer: Callable[[bytes], None], messages: Sequence[bytes], total: int) -> Memory:
    """Read and answer a great many messages, and look at the memory on the way."""
    process = psutil.Process()
    held: dict[int, float] = {}
    began, done = time.perf_counter(), 0
    for quarter in _QUARTERS:
        while done < total * quarter // 100:
            for body in messages:
                answer(body)
            done += len(messages)
        held[quarter] = round(process.memory_info().rss / 2**20, 1)
    return Memory(done, round(time.perf_counter() - began, 1), held)
