"""Writes what is derived from the event models: JSON Schemas, AsyncAPI documents and `docs/EVENTS.md`."""

import json
from pathlib import Path
from typing import Any

from schemas.catalogue import EVENTS
from schemas.event import Event
from schemas.topics import TOPICS, WIRES, Topic

ROOT = Path(__file__).resolve().parent.parent
SPEAKERS = {
    "discharge": "Hears hospitals and says who was admitted and discharged.",
    "referral": "Holds the baton: handovers, offers, tasks and their owners.",
    "notify": "Tells teams and patients, and says what could not be told.",
}

HEADERS: dict[str, Any] = {
    "type": "object",
    "required": [
        "ce_specversion",
        "ce_id",
        "ce_source",
        "ce_type",
        "ce_dataschema",
        "ce_subject",
        "ce_sequence",
        "ce_time",
        "ce_correlationid",
        "ce_causationid",
        "ce_partitionkey",
        "content-type",
    ],
    "properties": {
        "ce_specversion": {"const": "1.0"},
        "ce_id": {"type": "string", "format": "uuid"},
        "ce_source": {"type": "string", "description": "/baton/<service>"},
        "ce_type": {"type": "string"},
        "ce_dataschema": {"type": "string", "description": "urn:baton:<type>:<version>"},
        "ce_subject": {"type": "string", "description": "the stream: <noun>:<id>"},
        "ce_sequence": {
            "type": "string",
            "description": "1, 2, 3 within the stream, without a gap",
        },
        "ce_time": {"type": "string", "format": "date-time"},
        "ce_correlationid": {"type": "string", "format": "uuid", "description": "the journey"},
        "ce_causationid": {"type": "string", "format": "uuid", "description": "what led to it"},
        "ce_partitionkey": {"type": "string", "description": "the opaque patient key"},
        "content-type": {"const": "application/json"},
    },
}


def files() -> dict[Path, str]:
    """Every generated file with its text."""
    found = {
        ROOT / "schemas/json" / f"{e.type}.v{e.version}.json": _json(schema(e)) for e in EVENTS
    }
    found |= {
        ROOT / "schemas/asyncapi" / f"{name}.json": _json(asyncapi(name)) for name in SPEAKERS
    }
    found[ROOT / "docs/EVENTS.md"] = events_page()
    return found


def schema(event: type[Event]) -> dict[str, Any]:
    """JSON Schema of one event's body."""
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "$id": event.schema_id(),
        **event.json_schema(),
    }


def asyncapi(service: str) -> dict[str, Any]:
    """The AsyncAPI 3 document of one service: what it sends and what it receives."""
    topics = [t for t in TOPICS.values() if t.speaker == service or service in t.readers]
    events = [e for e in EVENTS if e.topic in {t.name for t in topics}]
    return {
        "asyncapi": "3.0.0",
        "info": {"title": f"Baton {service}", "version": "1.0.0", "description": SPEAKERS[service]},
        "defaultContentType": "application/json",
        "channels": {t.name: _channel(t) for t in topics},
        "operations": {
            f"{'send' if t.speaker == service else 'receive'}.{t.name}": _operation(t, service)
            for t in topics
        },
        "components": {
            "messages": {_message_id(e): _message(e) for e in events},
            "schemas": {"headers": HEADERS},
        },
    }


def _channel(topic: Topic) -> dict[str, Any]:
    return {
        "address": topic.name,
        "messages": {
            _message_id(e): {"$ref": f"#/components/messages/{_message_id(e)}"}
            for e in EVENTS
            if e.topic == topic.name
        },
        "bindings": {
            "kafka": {
                "topic": topic.name,
                "partitions": topic.partitions,
                "replicas": 3,
                "bindingVersion": "0.5.0",
            }
        },
    }


def _operation(topic: Topic, service: str) -> dict[str, Any]:
    sends = topic.speaker == service
    operation: dict[str, Any] = {
        "action": "send" if sends else "receive",
        "channel": {"$ref": f"#/channels/{topic.name}"},
    }
    if not sends:
        group = {"type": "string", "const": f"{service}.v1"}
        operation["bindings"] = {"kafka": {"groupId": group, "bindingVersion": "0.5.0"}}
    return operation


def _message(event: type[Event]) -> dict[str, Any]:
    return {
        "name": event.type,
        "title": event.__name__,
        "summary": _sentence(event),
        "contentType": "application/json",
        "headers": {"$ref": "#/components/schemas/headers"},
        "payload": {
            "schemaFormat": "application/schema+json;version=draft-2020-12",
            "schema": schema(event),
        },
        "bindings": {
            "kafka": {
                "key": {"type": "string", "description": "patient_key"},
                "bindingVersion": "0.5.0",
            }
        },
    }


def events_page() -> str:
    """The catalogue for people: who says what, where, and who hears it."""
    lines = [
        "# Events",
        "",
        "Generated from `schemas/` by `make events`; a test keeps it true. Every record is a CloudEvents 1.0 event in",
        "Kafka binary mode, keyed by the opaque patient key.",
        "",
    ]
    for topic in TOPICS.values():
        keeps = (
            "the latest of each patient (compacted)"
            if topic.keeps == "latest"
            else "every event, in order, for 30 days"
        )
        lines += [
            f"## `{topic.name}`",
            "",
            f"Said by **{topic.speaker}**, heard by **{', '.join(topic.readers)}**. Keeps {keeps}."
            + (" Restricted: the only topic that carries identity." if topic.restricted else ""),
            "",
            "| event | version | meaning |",
            "|---|---|---|",
            *(
                f"| `{e.type}` | {e.version} | {_sentence(e)} |"
                for e in EVENTS
                if e.topic == topic.name
            ),
            "",
        ]
    lines += [
        "## Hospital messages on Kafka",
        "",
        "Where a site's integration engine hands its messages over on Kafka (`BATON_INTAKE_TOPIC`). These are no events:",
        "they identify patients, and nobody but the two ends may hold rights on them. Kept for 30 days.",
        "",
        "| topic | written by | read by | holds |",
        "|---|---|---|---|",
        *(f"| `{w.name}` | {w.speaker} | {w.reader} | {w.meaning} |" for w in WIRES.values()),
        "",
    ]
    return "\n".join(lines)


def _message_id(event: type[Event]) -> str:
    return f"{event.type}.v{event.version}"


def _sentence(event: type[Event]) -> str:
    return " ".join((event.__doc__ or "").split("\n\n")[0].split())


def _json(value: Any) -> str:
    return json.dumps(value, indent=2, sort_keys=True, ensure_ascii=False) + "\n"


def main() -> None:
    """Write every generated file."""
    for path, text in files().items():
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")


if __name__ == "__main__":
    main()
