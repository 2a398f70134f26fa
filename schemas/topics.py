"""Every topic, its keys and its rules: the one place where they are written."""

from dataclasses import dataclass
from typing import Literal

PATIENTS = "care.patients.v1"
SPELLS = "care.spells.v1"
HANDOVERS = "care.handovers.v1"
ALERTS = "care.alerts.v1"
DOCUMENTS = "care.documents.v1"

_DAY_MS = 24 * 60 * 60 * 1000


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
        return {
            "cleanup.policy": "delete",
            "retention.ms": str(30 * _DAY_MS),
            "max.message.bytes": "1048576",
        }


TOPICS: dict[str, Topic] = {
    topic.name: topic
    for topic in (
        Topic(PATIENTS, "discharge", "latest", restricted=True, readers=("referral", "notify")),
        Topic(SPELLS, "discharge", "every", readers=("referral",)),
        Topic(HANDOVERS, "referral", "every", readers=("notify",)),
        Topic(DOCUMENTS, "discharge", "every", restricted=True, readers=("referral",)),
        Topic(ALERTS, "notify", "every", readers=("referral",)),
    )
}
