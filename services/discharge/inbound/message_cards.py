"""Messages as pages show them: words, tags and links; never what a message says."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from services.discharge.inbound.flag_words import in_words, place_of
from services.discharge.inbound.message_words import (
    ANSWERS,
    DECISIONS,
    DIALECTS,
    DOORS,
    HAPPENINGS,
    SAID,
    STATES,
    event_name,
    reason,
)
from services.discharge.usecases.read_message import Shown, Stay
from services.discharge.usecases.review_ports import Row


@dataclass(frozen=True, slots=True)
class Tag:
    """A word on a colour."""

    text: str
    colour: str


def card(message: Row) -> dict[str, Any]:
    """A message in a list."""
    code = message["answer"]
    return {
        "link": f"/intake/{message['message_id']}",
        "reference": reference(message["message_id"]),
        "received_at": message["received_at"],
        "event": event_name(message["event"]),
        "control_id": message["control_id"],
        "organisation": message["organisation"] or "Unknown",
        "application": message["application"],
        "door": DOORS.get(message["arrived_by"], message["arrived_by"]),
        "dialect": DIALECTS.get(message["dialect"], message["dialect"]),
        "answer": ANSWERS[code],
        "tags": tags(message),
        "why": reason(message),
        "flags": len(message["flags"]),
    }


def tags(message: Row) -> list[Tag]:
    """The answer, and what else somebody should see at once."""
    found = [Tag(message["answer"], _COLOURS[message["answer"]])]
    if message["clash"]:
        found.append(Tag("Clash", "purple"))
    if message["waiting"]:
        found.append(Tag("Waiting", "yellow"))
    if message["resubmits"]:
        found.append(Tag("Sent again", "blue"))
    return found


_COLOURS = {"AA": "green", "AE": "red", "AR": "orange"}


def reference(message_id: UUID) -> str:
    """The end of an id: enough to tell messages of a page apart."""
    return str(message_id)[-8:]


def whole_card(shown: Shown, *, engineer: bool) -> dict[str, Any]:
    """One message. What people wrote and local numbers are for integration engineers only."""
    message, relations = shown.message, shown.relations
    waiting = relations["waiting"]
    taken_in = message["answer"] == "AA" or any(
        again["answer"] == "AA" for again in relations["again"]
    )
    stands_for = message["resubmits"]
    return card({**message, "waiting": waiting}) | {
        "id": message["message_id"],
        "code": message["answer"],
        "error": message["error"],
        "place": message["place"],
        "text": message["reason"],
        "bytes": message["size"],
        "handed_in_by": message["handed_in_by"],
        "happened_at": message["happened_at"],
        "found": flags(message["flags"]),
        "said": [SAID.get(event["type"], event["type"]) for event in message["said"]],
        "is_clash": message["clash"],
        "waits": waiting,
        "taken_in": taken_in,
        "stands_for": _link(stands_for) if stands_for else None,
        "again": [
            {**_link(each["message_id"]), "at": each["received_at"], "code": each["answer"]}
            for each in relations["again"]
        ],
        "decisions": [
            {
                "what": DECISIONS[each["decision"]],
                "by": each["decided_by"],
                "at": each["decided_at"],
                "reason": each["reason"] if engineer else "",
            }
            for each in relations["decisions"]
        ],
        "stay": stay_card(shown.stay, engineer=engineer) if shown.stay else None,
        "stay_link": f"/intake?show=all&spell={message['spell_id']}" if message["spell_id"] else "",
    }


def flags(found: Sequence[str]) -> list[dict[str, str]]:
    """Each flag with its place and what it means."""
    return [{"flag": flag, "place": place_of(flag), "meaning": in_words(flag)} for flag in found]


def stay_card(stay: Stay, *, engineer: bool) -> dict[str, Any]:
    """How a stay stands, and what happened in it."""
    standing = stay.standing
    return {
        "state": STATES[standing.state],
        "trust": stay.trust,
        "number": local_number(stay.correlation) if engineer else "",
        "questions": [in_words(f"question:{question}") for question in standing.questions],
        "happenings": [
            {"at": datetime.fromisoformat(at), "what": HAPPENINGS.get(kind, kind), "source": source}
            for at, kind, source in stay.happenings
        ],
    }


def local_number(correlation: str) -> str:
    """The number by which a hospital knows a stay; empty when it gives none."""
    return correlation.removeprefix("visit:") if correlation.startswith("visit:") else ""


def side(message: Mapping[str, Any]) -> list[tuple[str, Any]]:
    """What two messages with one control id are compared by."""
    return [
        ("Received", message["received_at"]),
        ("Event", event_name(message["event"])),
        ("Answer", message["answer"]),
        ("Came through", DOORS.get(message["arrived_by"], message["arrived_by"])),
        ("Happened", message["happened_at"]),
        ("Bytes", message["size"]),
    ]


def quality_row(row: Row) -> dict[str, Any]:
    """How often one source's messages had one flag."""
    flag, organisation, application = row["flag"], row["organisation"], row["application"]
    return {
        "source": f"{organisation}/{application}" if application else organisation,
        "organisation": organisation or "Unknown",
        "application": application,
        "flag": flag,
        "place": place_of(flag),
        "meaning": in_words(flag),
        "messages": row["messages"],
        "last_day": row["last_day"],
        "latest": row["latest"],
    }


def held_cards(rows: Sequence[Row], *, engineer: bool) -> list[dict[str, Any]]:
    """Patients whose identity waits for somebody to check it, each with their stays."""
    found: dict[str, dict[str, Any]] = {}
    for row in rows:
        key = row["patient_key"]
        held = found.setdefault(
            key,
            {"key": key, "since": datetime.fromisoformat(row["held_since"]), "stays": []},
        )
        if row["spell_id"]:
            number = local_number(row["correlation"]) if engineer else ""
            link = f"/intake?show=all&spell={row['spell_id']}"
            held["stays"].append({"trust": row["trust"], "number": number, "link": link})
    return list(found.values())


def _link(message_id: UUID) -> dict[str, Any]:
    return {"link": f"/intake/{message_id}", "reference": reference(message_id)}
