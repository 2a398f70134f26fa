"""Referrals beside what their handovers keep: names, letters, messages."""

from collections.abc import Iterable, Sequence
from datetime import UTC, date, datetime
from hashlib import sha256
from uuid import UUID

from services.chassis.connection import Connection
from services.chassis.ids import new_id
from services.referral.domain.facts import HandoverOpened
from services.referral.domain.referral_errors import SentBefore
from services.referral.usecases.records import PersonDescribed
from services.referral.usecases.referral_records import Letter, Message, NewReferral, Standing

_KEEP = """
INSERT INTO referrals (referral_id, handover_id, patient_key, referrer, sent_as, requisition, kind, priority, specialty,
                       use_case, state, state_since, team, service_request, received_at, clock_started_at)
VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, 'received', $11, $12, $13, $11, $14)
ON CONFLICT (referrer, sent_as) DO NOTHING RETURNING true
"""
_REQUEST = """
INSERT INTO service_requests (service_request, referral_id, team, status, made_at) VALUES ($1, $2, $3, 'active', $4)
"""
_FIND = """
SELECT referral_id, referrer, h.sender_team, team, r.state FROM referrals r JOIN handovers h USING (handover_id)
WHERE (referrer = $1 AND sent_as = ANY($2::text[]))
   OR referral_id::text = ANY($2)
   OR EXISTS (SELECT FROM service_requests s WHERE s.referral_id = r.referral_id AND s.service_request::text = ANY($2))
ORDER BY (referrer = $1) DESC, referral_id DESC LIMIT 1
"""
_HEARD = """
SELECT digest FROM referral_messages WHERE (sender = $1 AND message_id = $2) OR request_id = $3 LIMIT 1
"""
_REMEMBER = """
INSERT INTO referral_messages (sender, message_id, request_id, correlation_id, referral_id, event, reason, digest,
                               received_at)
VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9) ON CONFLICT DO NOTHING RETURNING true
"""
_INTRODUCE = """
INSERT INTO people (patient_key, nhs_number, nhs_number_verified, family, given, birth_date, deceased, restricted,
                    described_at)
VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)
ON CONFLICT (patient_key) DO UPDATE
SET nhs_number_verified = excluded.nhs_number_verified, family = excluded.family, given = excluded.given,
    birth_date = excluded.birth_date, restricted = people.restricted OR excluded.restricted
WHERE people.described_at <= excluded.described_at
"""
_LETTER = (
    "INSERT INTO letters (letter_id, referral_id, written_at, sections) VALUES ($1, $2, $3, $4)"
)
_ATTACHMENT = """
INSERT INTO attachments (attachment_id, letter_id, title, content_type, sha256, content) VALUES ($1, $2, $3, $4, $5, $6)
"""
_FORGET = """
DELETE FROM letters WHERE referral_id IN (SELECT referral_id FROM referrals WHERE patient_key = ANY($1::text[]))
"""
_BEFORE_ANY = datetime(1970, 1, 1, tzinfo=UTC)
"""What a referral says of a patient counts as said before anything that a description says."""


class ReferralTables:
    """Implements `usecases.referral_records.Referrals`."""

    async def keep(self, connection: Connection, new: NewReferral, opened: HandoverOpened) -> None:
        referral, progress = new.referral, opened.handover.progress
        if progress is None:
            raise ValueError("the handover of a referral knows how far it has got")
        kept = await connection.fetchval(
            _KEEP,
            referral.referral_id,
            opened.handover.handover_id,
            referral.patient_key,
            referral.referrer,
            new.sent_as,
            referral.requisition,
            referral.kind,
            referral.priority,
            referral.specialty,
            referral.use_case,
            referral.received_at,
            referral.service,
            progress.service_request,
            referral.clock_started_at,
        )
        if not kept:
            raise SentBefore
        await connection.execute(
            _REQUEST,
            progress.service_request,
            referral.referral_id,
            referral.service,
            referral.received_at,
        )
        await self.write_letter(connection, referral.referral_id, new.letter)

    async def write_letter(self, connection: Connection, referral_id: UUID, letter: Letter) -> None:
        letter_id = new_id()
        sections = [{"heading": one.heading, "text": one.text} for one in letter.sections]
        await connection.execute(_LETTER, letter_id, referral_id, letter.written_at, sections)
        await connection.executemany(
            _ATTACHMENT,
            [
                (
                    new_id(),
                    letter_id,
                    one.title,
                    one.content_type,
                    sha256(one.content).digest(),
                    one.content,
                )
                for one in letter.attachments
            ],
        )

    async def find(
        self, connection: Connection, sender: str, names: Sequence[str]
    ) -> Standing | None:
        row = await connection.fetchrow(_FIND, sender, list(names))
        return Standing(**dict(row)) if row else None

    async def heard_before(self, connection: Connection, message: Message) -> bytes | None:
        digest: bytes | None = await connection.fetchval(
            _HEARD, message.sender, message.message_id, message.request_id
        )
        return digest

    async def remember(
        self, connection: Connection, message: Message, referral_id: UUID, at: datetime
    ) -> None:
        kept = await connection.fetchval(
            _REMEMBER,
            message.sender,
            message.message_id,
            message.request_id,
            message.correlation_id,
            referral_id,
            message.event,
            message.reason,
            message.digest,
            at,
        )
        if not kept:
            raise SentBefore

    async def birth_date(self, connection: Connection, patient_key: str) -> date | None:
        born: date | None = await connection.fetchval(
            "SELECT birth_date FROM known_people WHERE patient_key = $1", patient_key
        )
        return born

    async def introduce(self, connection: Connection, person: PersonDescribed) -> None:
        await connection.execute(
            _INTRODUCE,
            person.patient_key,
            person.nhs_number,
            person.nhs_number_verified,
            person.family,
            person.given,
            person.birth_date,
            person.deceased,
            person.restricted,
            _BEFORE_ANY,
        )

    async def forget(self, connection: Connection, patient_keys: Iterable[str]) -> None:
        await connection.execute(_FORGET, list(patient_keys))
