"""The floor's referral: a discharge becomes a handover with three offers and four tasks."""

from collections.abc import Sequence
from datetime import UTC, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import holidays
import msgspec
from uuid_utils import uuid7

from bench.floor.post import Heard, listen, say, transaction
from schemas.topics import HANDOVERS, PATIENTS, SPELLS

_LONDON = ZoneInfo("Europe/London")
_CLOSED = holidays.country_holidays("GB", subdiv="ENG")
_DAY = timedelta(days=1)


class Name(msgspec.Struct):
    """Of a patient."""

    family: str
    given: str


class Described(msgspec.Struct):
    """What referral keeps of `patient.described`."""

    patient_key: str
    described_at: str
    nhs_number: str
    nhs_number_verification: str
    name: Name
    birth_date: str


class Diagnosis(msgspec.Struct):
    """A code; from which system does not matter to the rules."""

    code: str


class Indicator(msgspec.Struct):
    """A score."""

    code: str
    value: float


class Discharged(msgspec.Struct):
    """What referral needs of `spell.discharged`."""

    patient_key: str
    spell_id: str
    provider: str
    encounter_class: str
    discharged_at: datetime
    discharge_method: str
    discharge_destination: str
    practice: str
    pharmacy: str
    diagnoses: list[Diagnosis]
    indicators: list[Indicator]
    deceased: bool
    test_patient: bool


_described = msgspec.json.Decoder(Described).decode
_discharged = msgspec.json.Decoder(Discharged).decode
_json = msgspec.json.Encoder().encode


def handle(batch: Sequence[Heard]) -> None:
    """Write rows for a batch, and say what was opened."""
    people: list[str] = []
    opened: list[dict[str, Any]] = []
    now = datetime.now(UTC)
    moments = _text(now), _text(_open_hours_later(now, 72)), _text(_same_time_next_week(now))
    for heard in batch:
        if heard.topic == PATIENTS:
            one = _described(heard.body)
            people.append(
                f"{one.patient_key}\t{one.nhs_number}\t{one.nhs_number_verification == '01'}\t{one.name.family}"
                f"\t{one.name.given}\t{one.birth_date}\tf\tf\t{one.described_at}\n"
            )
        else:
            opened.append(_open(heard, *moments))
    with transaction() as copy:
        if people:
            copy(
                "people (patient_key, nhs_number, nhs_number_verified, family, given, birth_date, deceased,"
                " restricted, described_at)",
                people,
            )
        if opened:
            copy(
                "handovers (handover_id, spell_id, patient_key, sender, sender_team, owner_team, owned_since, owned_by,"
                " clock_started_at, opened_at, said, correlation_id, test_patient, discharge)",
                (each["handover"] for each in opened),
            )
            copy(
                "offers (offer_id, handover_id, team, role, due_at)",
                (each["offers"] for each in opened),
            )
            copy(
                "tasks (task_id, handover_id, offer_id, code, rule_id, rule_version, owner_team, owned_since, owned_by,"
                " status, needs_outcome, anchored_at, not_before, due_at)",
                (each["tasks"] for each in opened),
            )
            copy("parties (team, handover_id)", (each["parties"] for each in opened))
            copy("timers (timer_id, kind, subject, due_at)", (each["timers"] for each in opened))
    for each in opened:
        say(*each["event"])


def _open(heard: Heard, now: str, pharmacy_due: str, practice_due: str) -> dict[str, Any]:
    spell = _discharged(heard.body)
    journey, cause = heard.headers["ce_correlationid"].decode(), heard.headers["ce_id"].decode()
    at, sender = spell.discharged_at, f"ward-{spell.provider}"
    left, next_day, third_day = _text(at), _text(at + _DAY), _text(at + 3 * _DAY)
    handover_id, event_id, *offer_ids = (str(uuid7()) for _ in range(5))
    asked = (
        (offer_ids[0], f"practice-{spell.practice}", "gp-practice"),
        (offer_ids[1], f"pharmacy-{spell.pharmacy}", "community-pharmacy"),
        (offer_ids[2], "community-ZTC", "community-nursing"),
    )
    tasks = [
        {
            "task_id": str(uuid7()), "offer_id": offer_id, "code": code, "rule_id": rule, "rule_version": "2026.1",
            "owner_team": sender, "not_before": not_before, "due_at": due,
            "status": "requested" if offer_id else "accepted",
        }
        for offer_id, code, rule, not_before, due in (
            (None, "send-discharge-summary", "R01", None, next_day),
            (offer_ids[0], "gp-medicines-reconciliation", "R06", None, practice_due),
            (offer_ids[1], "dms-stage-1", "R09", None, pharmacy_due),
            (offer_ids[2], "community-follow-up", "R14", next_day, third_day),
        )
    ]  # fmt: skip
    due_of = {task["offer_id"]: task["due_at"] for task in tasks}
    return {
        "handover": f"{handover_id}\t{spell.spell_id}\t{spell.patient_key}\t{spell.provider}\t{sender}\t{sender}\t{now}"
        f"\tsystem\t{left}\t{now}\t1\t{journey}\tt\t{_kept(spell)}\n",
        "offers": "".join(f"{of}\t{handover_id}\t{team}\t{role}\t{due_of[of]}\n" for of, team, role in asked),
        "tasks": "".join(
            f"{task['task_id']}\t{handover_id}\t{task['offer_id'] or _NULL}\t{task['code']}\t{task['rule_id']}\t2026.1"
            f"\t{sender}\t{now}\tsystem\t{task['status']}\tf\t{now if task['rule_id'] in _FROM_NOW else left}"
            f"\t{task['not_before'] or _NULL}\t{task['due_at']}\n"
            for task in tasks
        ),
        "parties": "".join(f"{team}\t{handover_id}\n" for team in (sender, *(team for _, team, _ in asked))),
        "timers": "".join(f"{uuid7()}\ttask.deadline\t{task['task_id']}\t{task['due_at']}\n" for task in tasks),
        "event": (
            HANDOVERS, "/baton/referral", "handover.opened", f"handover:{handover_id}", spell.patient_key,
            f"{now[:-1]}+00:00", (event_id, journey, cause),
            _json(
                {
                    "patient_key": spell.patient_key, "handover_id": handover_id, "spell_id": spell.spell_id,
                    "sender": spell.provider, "coordinator_team": sender, "clock_started_at": left,
                    "opened_at": now,
                    "offers": [{"offer_id": of, "team": team, "role": role} for of, team, role in asked],
                    "tasks": tasks, "test_patient": True, "replaces": None,
                }
            ),
        ),
    }  # fmt: skip


_NULL = "\\N"
_FROM_NOW = frozenset({"R06", "R09"})


def _kept(spell: Discharged) -> str:
    """The discharge as the rules see it."""
    kept = {
        "provider": spell.provider, "encounter_class": spell.encounter_class,
        "discharged_at": spell.discharged_at.isoformat(), "method": spell.discharge_method,
        "destination": spell.discharge_destination, "practice": spell.practice, "pharmacy": spell.pharmacy,
        "diagnoses": sorted({each.code.replace(".", "") for each in spell.diagnoses}),
        "indicators": {each.code: each.value for each in spell.indicators},
        "said_deceased": spell.deceased, "test_patient": spell.test_patient,
    }  # fmt: skip
    text: str = _json(kept).decode()
    return text.replace("\\", "\\\\")


def _text(at: datetime) -> str:
    return f"{at.isoformat()[:-6]}Z"


def _open_hours_later(at: datetime, hours: int) -> datetime:
    """Elapsed hours without Sundays and bank holidays."""
    left = timedelta(hours=hours)
    while True:
        day = at.astimezone(_LONDON).date()
        midnight = datetime.combine(day + _DAY, time.min, _LONDON).astimezone(UTC)
        if day.weekday() < 6 and day not in _CLOSED:
            if at + left <= midnight:
                return at + left
            left -= midnight - at
        at = midnight


def _same_time_next_week(at: datetime) -> datetime:
    return (at.astimezone(_LONDON) + 7 * _DAY).astimezone(UTC)


if __name__ == "__main__":
    listen("referral", [PATIENTS, SPELLS], handle)
