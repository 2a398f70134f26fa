"""A stored message as JSON for operators and its own sender."""

from collections.abc import Mapping
from typing import Any


def present(message: Mapping[str, Any]) -> dict[str, Any]:
    """What became of a message; nothing of what it says."""
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
        "bytes": message["size"],
        "answer": {
            "code": message["answer"],
            "error": message["error"],
            "place": message["place"],
            "text": message["reason"],
        },
        "needs_review": message["clash"],
        "flags": message["flags"],
        "changed": {
            "patient_key": message["patient_key"],
            "spell_id": message["spell_id"],
            "happened_at": message["happened_at"],
            "events": message["said"],
        },
    }
