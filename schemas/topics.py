"""Every topic, its keys and its rules: the one place where they are written."""

from dataclasses import dataclass
from typing import Literal

PATIENTS = "care.patients.v1"
SPELLS = "care.spells.v1"
HANDOVERS = "care.handovers.v1"
ALERTS = "care.alerts.v1"
DOCUMENTS = "care.documents.v1"
DIRECTORY = "care.directory.v1"
HOSPITAL_MESSAGES = "hospital.messages.v1"
HOSPITAL_ANSWERS = "hospital.answers.v1"

RETENTION_DAYS = 30
"""How long a topic keeps what was said on it."""
_DAY_MS = 24 * 60 * 60 * 1000
_EVERYTHING_FOR_A_MONTH = {
    "cleanup.policy": "delete",
    "retention.ms": str(RETENTION_DAYS * _DAY_MS),
    "max.message.bytes": "1048576",
}


@dataclass(frozen=True)
class Topic:
    """One topic. Its records are always keyed by `patient_key`, so one patient's facts stay in order."""

    name: str
    speaker: str
    """The one service that publishes here."""
    keeps: Literal["every", "latest"]
    """`every`: each stream counts 1, 2, 3 and a gap holds the patient; `latest`: a snapshot replaces its elders."""
    restricted: bool = False
    """True where identity travels: only services named in `readers` may hold read rights."""
    readers: tuple[str, ...] = ()
    partitions: int = 6

    @property
    def settings(self) -> dict[str, str]:
        """Broker settings that this topic needs."""
        if self.keeps == "latest":
            return {"cleanup.policy": "compact", "max.message.bytes": "1048576"}
        return _EVERYTHING_FOR_A_MONTH


@dataclass(frozen=True)
class Wire:
    """A topic between discharge and a hospital's integration engine: messages as they are, no events of ours.

    What lies there identifies patients: nobody but its two ends may hold rights on it.
    """

    name: str
    speaker: str
    reader: str
    meaning: str
    partitions: int = 6

    @property
    def settings(self) -> dict[str, str]:
        """Broker settings that this topic needs."""
        return _EVERYTHING_FOR_A_MONTH


TOPICS: dict[str, Topic] = {
    topic.name: topic
    for topic in (
        Topic(PATIENTS, "discharge", "latest", restricted=True, readers=("referral", "notify")),
        Topic(SPELLS, "discharge", "every", readers=("referral",)),
        Topic(HANDOVERS, "referral", "every", readers=("notify",)),
        Topic(DOCUMENTS, "discharge", "every", restricted=True, readers=("referral",)),
        Topic(ALERTS, "notify", "every", readers=("referral",)),
        Topic(DIRECTORY, "referral", "latest", readers=("notify",)),
    )
}

WIRES: dict[str, Wire] = {
    wire.name: wire
    for wire in (
        Wire(
            HOSPITAL_MESSAGES,
            "the integration engine",
            "discharge",
            "HL7 v2, FHIR or ITK3 messages, one in each record, with any key",
        ),
        Wire(
            HOSPITAL_ANSWERS,
            "discharge",
            "the integration engine",
            "the answers to them, keyed by where the message lies",
        ),
    )
}
