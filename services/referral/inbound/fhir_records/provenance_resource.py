"""Who did what as a Provenance: a line of the history, without the words that somebody wrote beside it."""

from services.referral.domain.directory import Directory
from services.referral.domain.people import SYSTEM
from services.referral.inbound.fhir_records.vocabulary import (
    HAPPENED,
    Resource,
    concept,
    instant,
    meta,
    reference,
    team,
    who,
)
from services.referral.usecases.record_views import DeedRecord


def provenance_resource(deed: DeedRecord, directory: Directory, *, identified: bool) -> Resource:
    """The Provenance. It says nothing of the patient, so it is the same for every reader."""
    del identified
    agent: Resource = {"who": who(deed.by_whom or SYSTEM)}
    if deed.team:
        agent["onBehalfOf"] = team(deed.team, directory)
    return {
        "resourceType": "Provenance",
        "id": deed.deed_id,
        "meta": meta(1, deed.at),
        "target": [reference(deed.target_type, deed.target_id)],
        "occurredDateTime": instant(deed.at),
        "recorded": instant(deed.at),
        "activity": concept(HAPPENED, deed.what),
        "agent": [agent],
    }
