"""Stored messages as JSON, for operators, integration engineers and their own senders; never what they say."""

from collections.abc import Mapping
from typing import Any

from services.discharge.inbound.flag_words import in_words
from services.discharge.usecases.read_message import Shown, Stay
from services.discharge.usecases.review_ports import Row


def present(shown: Shown, *, reasons: bool = False) -> dict[str, Any]:
    """What became of a message. `reasons`: with what people wrote about it, who may have named a patient."""
    message, relations = shown.message, shown.relations
    partner = relations["partner"]
    return {
        **present_row({**message, "waiting": relations["waiting"]}),
        "bytes": message["size"],
        "flags_in_words": [{"flag": flag, "meaning": in_words(flag)} for flag in message["flags"]],
        "changed": {
            "patient_key": message["patient_key"],
            "spell_id": message["spell_id"],
            "happened_at": message["happened_at"],
            "events": message["said"],
        },
        "resubmits": message["resubmits"],
        "resubmitted_by": [
            {
                "id": again["message_id"],
                "received_at": again["received_at"],
                "answer": again["answer"],
                "by": again["handed_in_by"],
            }
            for again in relations["again"]
        ],
        "clashes_with": partner["message_id"] if partner else None,
        "decisions": [
            {
                "decision": each["decision"],
                "by": each["decided_by"],
                "at": each["decided_at"],
                "became": each["became"],
                **({"reason": each["reason"]} if reasons else {}),
            }
            for each in relations["decisions"]
        ],
        "spell": _stay(shown.stay) if shown.stay else None,
    }


def present_row(message: Mapping[str, Any]) -> dict[str, Any]:
    """A message in a list."""
    return {
        "id": message["message_id"],
        "received_at": message["received_at"],
        "dialect": message["dialect"],
        "arrived_by": message["arrived_by"],
        "sender": {
            "organisation": message["organisation"],
            "application": message["application"],
        },
        "control_id": message["control_id"],
        "event": message["event"],
        "answer": {
            "code": message["answer"],
            "error": message["error"],
            "place": message["place"],
            "text": message["reason"],
        },
        "needs_review": message["clash"],
        "waiting": message["waiting"],
        "flags": message["flags"],
        "spell_id": message["spell_id"],
    }


def present_quality(row: Row) -> dict[str, Any]:
    """How often one source's messages had one flag."""
    flag = row["flag"]
    return {
        "sender": {"organisation": row["organisation"], "application": row["application"]},
        "flag": flag,
        "meaning": in_words(flag),
        "messages": row["messages"],
        "last_day": row["last_day"],
        "latest": row["latest"],
    }


def _stay(stay: Stay) -> dict[str, Any]:
    standing = stay.standing
    discharge = standing.discharge
    return {
        "state": standing.state,
        "discharged_at": discharge.content["discharged_at"] if discharge else None,
        "discharges": discharge.number if discharge else None,
        "undone": dict(zip(("at", "why"), standing.undone, strict=True))
        if standing.undone
        else None,
        "questions": standing.questions,
        "happenings": [
            {"at": at, "happening": kind, "source": source} for at, kind, source in stay.happenings
        ],
    }
