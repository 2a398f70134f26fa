"""The floor's referral: a discharge becomes a handover with three offers and four tasks."""

from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Any

import msgspec
from uuid_utils import uuid7

from bench.floor.deadlines import DAY, Times, elapsed, from_now, shown
from bench.floor.post import Heard, listen, say, transaction
from schemas.topics import HANDOVERS, PATIENTS, SPELLS


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
    practice: str


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
    specialty: str
    practice: str
    pharmacy: str
    diagnoses: list[Diagnosis]
    indicators: list[Indicator]
    age: int
    deceased: bool
    test_patient: bool


_described = msgspec.json.Decoder(Described).decode
_discharged = msgspec.json.Decoder(Discharged).decode
_json = msgspec.json.Encoder().encode


def handle(batch: Sequence[Heard]) -> None:
    """Write rows for a batch, and say what was opened."""
    people: list[str] = []
    opened: list[dict[str, Any]] = []
    times = from_now(datetime.now(UTC))
    for heard in batch:
        if heard.topic == PATIENTS:
            one = _described(heard.body)
            people.append(
                f"{one.patient_key}\t{one.nhs_number}\t{one.nhs_number_verification == '01'}\t{one.name.family}"
                f"\t{one.name.given}\t{one.birth_date}\tf\tf\t{one.described_at}\t{one.practice}\n"
            )
        else:
            opened.append(_open(heard, times))
    with transaction() as copy:
        if people:
            copy(
                "people (patient_key, nhs_number, nhs_number_verified, family, given, birth_date, deceased,"
                " restricted, described_at, practice)",
                people,
            )
        if opened:
            copy(
                "handovers (handover_id, spell_id, patient_key, sender, sender_team, owner_team, owned_since, owned_by,"
                " clock_started_at, opened_at, said, correlation_id, test_patient, discharge, coordinator_state)",
                (each["handover"] for each in opened),
            )
            copy(
                "offers (offer_id, handover_id, team, role, due_at, priority, skills)",
                (each["offers"] for each in opened),
            )
            copy(
                "tasks (task_id, handover_id, offer_id, code, rule_id, rule_version, owner_team, owned_since, owned_by,"
                " status, needs_outcome, anchored_at, not_before, due_at, skill, priority, rings_at, working)",
                (each["tasks"] for each in opened),
            )
            copy("parties (team, handover_id)", (each["parties"] for each in opened))
            copy("timers (timer_id, kind, subject, due_at)", (each["timers"] for each in opened))
    for each in opened:
        say(*each["event"])


def _open(heard: Heard, times: Times) -> dict[str, Any]:
    spell = _discharged(heard.body)
    journey, cause = heard.headers["ce_correlationid"].decode(), heard.headers["ce_id"].decode()
    at, sender, now = spell.discharged_at, f"ward-{spell.provider}", times.now
    left, next_day, third_day = shown(at), shown(at + DAY), shown(at + 3 * DAY)
    summary, visit = elapsed(at)
    handover_id, event_id, *offer_ids = (str(uuid7()) for _ in range(5))
    asked = (
        (offer_ids[0], f"practice-{spell.practice}", "gp-practice"),
        (offer_ids[1], f"pharmacy-{spell.pharmacy}", "community-pharmacy"),
        (offer_ids[2], "community-ZTC", "community-nursing"),
    )
    plan = (
        (None, "send-discharge-summary", "R01", "2026.2", None, next_day, "clinical", "routine",
         left, shown(at + DAY / 2), summary),
        (offer_ids[0], "gp-medicines-reconciliation", "R06", "2026.3", None, times.week.due, "pharmacy", "routine",
         now, times.week.rings, times.week.working),
        (offer_ids[1], "dms-stage-1", "R09", "2026.2", None, times.pharmacy.due, "pharmacy", "routine",
         now, times.pharmacy.rings, times.pharmacy.working),
        (offer_ids[2], "community-follow-up", "R14", "2026.2", next_day, third_day, "clinical", "urgent",
         left, shown(at + 3 * DAY / 2), visit),
    )  # fmt: skip
    rows, timers, made = list[str](), list[str](), list[dict[str, Any]]()
    offers: list[str] = []
    for offer_id, code, rule, version, first, due, skill, priority, anchor, rings, working in plan:
        task_id, status = str(uuid7()), "requested" if offer_id else "accepted"
        rank = _RANKS[priority]
        rows.append(
            f"{task_id}\t{handover_id}\t{offer_id or _NULL}\t{code}\t{rule}\t{version}\t{sender}\t{now}\tsystem"
            f"\t{status}\tf\t{anchor}\t{first or _NULL}\t{due}\t{skill}\t{rank}\t{rings}\t{working}\n"
        )
        timers.append(f"{uuid7()}\ttask.deadline\t{task_id}\t{rings}\n")
        if offer_id:
            _, team, role = asked[len(offers)]
            offers.append(
                f"{offer_id}\t{handover_id}\t{team}\t{role}\t{due}\t{rank}\t{{{skill}}}\n"
            )
        made.append(
            {
                "task_id": task_id, "offer_id": offer_id, "code": code, "rule_id": rule, "rule_version": version,
                "owner_team": sender, "not_before": first, "due_at": due, "status": status, "skill": skill,
                "priority": priority, "follows": None,
            }
        )  # fmt: skip
    timers.append(f"{uuid7()}\tcoordinator.missing\t{handover_id}\t{times.tomorrow}\n")
    return {
        "handover": f"{handover_id}\t{spell.spell_id}\t{spell.patient_key}\t{spell.provider}\t{sender}\t{sender}\t{now}"
        f"\tsystem\t{left}\t{now}\t1\t{journey}\tt\t{_kept(spell)}\tmissing\n",
        "offers": "".join(offers),
        "tasks": "".join(rows),
        "parties": "".join(f"{team}\t{handover_id}\n" for team in (sender, *(team for _, team, _ in asked))),
        "timers": "".join(timers),
        "event": (
            HANDOVERS, "/baton/referral", "handover.opened", f"handover:{handover_id}", spell.patient_key,
            f"{now[:-1]}+00:00", (event_id, journey, cause),
            _json(
                {
                    "patient_key": spell.patient_key, "handover_id": handover_id, "spell_id": spell.spell_id,
                    "sender": spell.provider, "coordinator_team": sender, "clock_started_at": left,
                    "opened_at": now,
                    "offers": [
                        {
                            "offer_id": of, "team": team, "role": role, "from_team": "", "redirects": None,
                            "redirect_count": 0, "accept_by": None,
                        }
                        for of, team, role in asked
                    ],
                    "tasks": made, "test_patient": True, "replaces": None, "purpose": "discharge",
                }
            ),
        ),
    }  # fmt: skip


_NULL = "\\N"
_RANKS = {"routine": 0, "urgent": 1}


def _kept(spell: Discharged) -> str:
    """The discharge as the rules see it."""
    kept = {
        "provider": spell.provider, "encounter_class": spell.encounter_class,
        "discharged_at": spell.discharged_at.isoformat(), "method": spell.discharge_method,
        "destination": spell.discharge_destination, "practice": spell.practice, "pharmacy": spell.pharmacy,
        "diagnoses": sorted({each.code.replace(".", "") for each in spell.diagnoses}),
        "indicators": {each.code: each.value for each in spell.indicators},
        "said_deceased": spell.deceased, "test_patient": spell.test_patient, "specialty": spell.specialty,
        "age": spell.age,
    }  # fmt: skip
    text: str = _json(kept).decode()
    return text.replace("\\", "\\\\")


if __name__ == "__main__":
    listen("referral", [PATIENTS, SPELLS], handle)
