"""Throws mutated bundles at the FHIR reader for a while: `make fuzz MINUTES=60`."""

import json
import random
import sys
from pathlib import Path
from typing import Any

import atheris

with atheris.instrument_imports(include=["services.discharge", "nhs_number"]):
    from services.discharge.inbound.fhir.happenings import HAPPENINGS
    from tests.fuzz.fhir_promises import keep_promises
from tests.support.bundles import CORE, coded
from tests.support.hospital import ODS, a_notification, a_sample, as_json

CORPUS = Path(__file__).parents[2] / "build" / "fuzz" / "fhir"
LONGEST = 16_384
WORDS: tuple[Any, ...] = (
    *("planned", "arrived", "onleave", "finished", "cancelled", "entered-in-error", "unknown"),
    *("IMP", "EMER", "PRENC", "VN", "MR", "wa", "NRAF", "HTEST", "U", "N", "R", "REDACTED"),
    *("2026-09", "2026-02-31", "2026-09-08T11:20:00+01:00", "9999-12-31T23:59:59-14:00"),
    *("0001-01-01T00:00:00+14:00", "2026-09-08T11:20:00.123456789Z", "29", "79", "", " ", "\x00"),
    *(
        "urn:uuid:patient",
        "urn:uuid:encounter",
        "Location/W7",
        ODS.upper(),
        CORE + "NHSCommunication",
    ),
    *(None, True, False, 0, -1, 1.5, 2**63, [], {}, [{}], [[]], {"coding": [{"code": "x"}]}),
)


def seeds() -> list[bytes]:
    """Bundles of every event and with everything that is read."""
    nested = [
        {
            "url": CORE + "DeathNotificationStatus",
            "extension": [coded("deathNotificationStatus", "2")],
        },
        {"url": CORE + "ContactPreference", "extension": [coded("PreferredContactMethod", "1")]},
        {"url": CORE + "NHSCommunication", "extension": [coded("language", "cy")]},
    ]
    frailty = {"coding": [{"system": "http://snomed.info/sct", "code": "763264000"}]}
    more = [
        {"resourceType": "Location", "id": "B4", "partOf": {"reference": "Location/W7"}},
        {"resourceType": "Location", "id": "W7", "physicalType": {"coding": [{"code": "wa"}]}},
        {"resourceType": "Observation", "code": frailty, "valueQuantity": {"value": 6}},
        {"resourceType": "Condition", "code": {"coding": [{"code": "J45"}]}},
    ]
    there = {"location": [{"location": {"reference": "Location/B4"}, "status": "active"}]}
    home = [{"use": "home", "line": ["4 Hill Road"], "period": {"end": "2030-01-01"}}]
    patient = {"extension": nested, "address": home, "meta": {"security": [{"code": "R"}]}}
    bundles = [
        a_notification(event, patient=patient, encounter=there, more=more) for event in HAPPENINGS
    ]
    stay = ("admit", "transfer", "discharge", "still-here")
    return [*map(as_json, bundles), *(a_sample(f"asthma-34-{name}.json") for name in stay)]


def mutate(data: bytes, most: int, seed: int) -> bytes:
    """Mostly still JSON: one element or a few are replaced, removed, moved or doubled."""
    chance = random.Random(seed)
    try:
        document = json.loads(data)
    except (ValueError, RecursionError):
        return atheris.Mutate(data, most)
    places = list(_places(document)) if chance.random() < 0.9 else []
    if not places:
        return atheris.Mutate(data, most)
    for _ in range(chance.choice((1, 1, 2, 4))):
        part, step = chance.choice(places)
        _change(chance, part, step, places)
    try:
        mutated = json.dumps(document).encode()
    except (ValueError, RecursionError):
        return atheris.Mutate(data, most)
    return mutated if len(mutated) <= most else atheris.Mutate(data, most)


def _change(chance: random.Random, part: Any, step: Any, places: list[tuple[Any, Any]]) -> None:
    other, there = chance.choice(places)
    try:
        match chance.randrange(5):
            case 0:
                del part[step]
            case 1:
                part[step] = other[there]
            case 2 if isinstance(part, list):
                part.insert(step, part[step])
            case 3 if isinstance(part[step], str):
                text = part[step]
                part[step] = atheris.Mutate(text.encode(), len(text) + 8).decode("utf-8", "replace")
            case _:
                part[step] = chance.choice(WORDS)
    except LookupError:
        return


def _places(part: Any) -> list[tuple[Any, Any]]:
    found, waiting = [], [part] if isinstance(part, dict | list) else []
    while waiting:
        inner = waiting.pop()
        steps = inner.items() if isinstance(inner, dict) else enumerate(inner)
        for step, value in steps:
            found.append((inner, step))
            if isinstance(value, dict | list):
                waiting.append(value)
    return found


def main(seconds: int) -> None:
    """Fuzz for that long; the first broken promise ends it and leaves its input behind."""
    CORPUS.mkdir(parents=True, exist_ok=True)
    for number, seed in enumerate(seeds()):
        (CORPUS / f"seed-{number:02}").write_bytes(seed)
    options = [f"-max_total_time={seconds}", f"-max_len={LONGEST}", "-timeout=10"]
    options += [
        "-rss_limit_mb=2048",
        f"-artifact_prefix={CORPUS.parent}/fhir-",
        "-print_final_stats=1",
    ]

    def one(body: bytes) -> None:
        keep_promises(body)

    atheris.Setup([sys.argv[0], *options, str(CORPUS)], one, custom_mutator=mutate)
    atheris.Fuzz()


if __name__ == "__main__":
    main(int(sys.argv[1]))
