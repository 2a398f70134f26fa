"""What is measured of the intake; labels come from small fixed sets."""

from collections.abc import Sequence

from services.chassis.log import get_logger
from services.chassis.metrics import Children, counter, gauge, histogram
from services.discharge.domain.message import Incoming, Outcome
from services.discharge.inbound import feed_measures

_log = get_logger()

_BATCH_SIZES = (1, 2, 5, 10, 20, 50, 100, 200)

MESSAGES = Children(
    counter("baton_intake_messages_total", "Messages answered", ("dialect", "door", "answer"))
)
REPEATED = counter("baton_intake_repeated_total", "Messages that had come before, and did nothing")
CLASHES = counter(
    "baton_intake_control_id_clashes_total", "Different messages with one control id: for review"
)
UNANSWERED = counter(
    "baton_intake_unavailable_total", "Messages that could not be stored just then"
)
READ_SECONDS = histogram(
    "baton_intake_read_seconds",
    "Time to read the messages of one batch",
    buckets=(0.0001, 0.0005, 0.001, 0.005, 0.01, 0.05, 0.1, 0.5),
)
BATCH_SIZE = histogram(
    "baton_intake_batch_size", "Messages stored in one transaction", buckets=_BATCH_SIZES
)
CONNECTIONS = gauge("baton_mllp_connections", "Open MLLP connections")
REFUSED_CONNECTIONS = counter(
    "baton_mllp_connections_refused_total", "MLLP connections over the limit"
)
BROKEN_FRAMES = Children(
    counter("baton_mllp_broken_frames_total", "MLLP frames that were no whole message", ("reason",))
)
REFUSED_RECORDS = Children(
    counter("baton_intake_records_refused_total", "Kafka records that were not read", ("reason",))
)


def count(batch: Sequence[Incoming], outcomes: Sequence[Outcome]) -> None:
    """Count one committed batch, and bring every clash in front of the operators."""
    BATCH_SIZE.observe(len(batch))
    READ_SECONDS.observe(sum(incoming.read_seconds for incoming in batch))
    feed_measures.note(batch, outcomes)
    for incoming, outcome in zip(batch, outcomes, strict=True):
        MESSAGES[incoming.sender.dialect, incoming.arrived_by, outcome.answer.code].inc()
        if outcome.repeated:
            REPEATED.inc()
        if outcome.clash:
            CLASHES.inc()
            _log.warning("intake.control_id_clash", message_id=outcome.message_id)
    refused = sum(outcome.answer.code != "AA" for outcome in outcomes)
    _log.info("intake.committed", count=len(batch), refused=refused)
