"""A discharge summary as it is heard, and who must read it."""

from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

from schemas.document import DocumentReceived, DocumentSection, DocumentWithdrawn
from services.chassis.ids import new_id
from services.referral.usecases.read_documents import UNCLAIMED
from tests.integration.referral.conftest import (
    EDNA,
    House,
    key_of,
)

PLAN = "GP to repeat U&E in 1 week"


def a_document(spell_id: UUID | None = None, **changes: Any) -> DocumentReceived:
    """Fellside's discharge summary of Edna, for Elm Tree Surgery."""
    now = datetime.now(UTC)
    given: dict[str, Any] = {
        "patient_key": key_of(EDNA),
        "document_id": new_id(),
        "spell_id": spell_id,
        "sender": "ZTA",
        "recipient": "Z90001",
        "for_action": True,
        "code": "373942005",
        "title": "Discharge summary",
        "authored_at": now,
        "received_at": now,
        "discharged_at": now - timedelta(hours=3),
        "sections": (
            DocumentSection(code="887181000000106", title="Clinical summary", text="A fall."),
            DocumentSection(code="887201000000105", title="Plan and requested actions", text=PLAN),
        ),
        "attachments": 1,
    }
    return DocumentReceived(**given | changes)


def withdrawn(document: DocumentReceived) -> DocumentWithdrawn:
    return DocumentWithdrawn(
        patient_key=document.patient_key,
        document_id=document.document_id,
        withdrawn_at=datetime.now(UTC),
        reason="entered-in-error",
    )


async def reading(house: House) -> list[tuple[str, str, str]]:
    """Status, owner and reason of each task to read a document, the oldest first."""
    rows = await house.pool.fetch(
        "SELECT status, owner_team, status_reason FROM tasks WHERE rule_id = 'read-document' ORDER BY task_id"
    )
    return [(row["status"], row["owner_team"], row["status_reason"]) for row in rows]


async def let_discharges_stay_away(house: House) -> None:
    await house.pool.execute(
        "UPDATE timers SET due_at = clock_timestamp() - interval '1 minute' WHERE kind = $1",
        UNCLAIMED,
    )
    await house.ring()


async def accept(house: House, team: str) -> None:
    offer = await house.pool.fetchval(
        "SELECT offer_id FROM offers WHERE team = $1 AND state = 'offered'", team
    )
    async with house.client(team) as practice:
        answer = await practice.post(
            f"/offers/{offer}/accept", headers={"Idempotency-Key": str(new_id())}
        )
    assert answer.status_code == 200, answer.text
