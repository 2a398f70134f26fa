"""What the rules of care see of messages: `python -m services.discharge.inbound.onboarding.facts FILE...` prints JSON.

Codes and times alone; nothing that says who the patient is leaves this page. `baton pathways` runs it.
"""

import argparse
import contextlib
import sys
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import orjson

from services.discharge.domain.age import age_at
from services.discharge.domain.message import Incoming
from services.discharge.domain.statement import Statement, Stay
from services.discharge.inbound.arrival import Arrival
from services.discharge.inbound.dialects import dialect_of
from services.discharge.inbound.fhir.message import read_fhir
from services.discharge.inbound.hl7.message import read_hl7
from services.discharge.inbound.onboarding.files import split
from services.discharge.inbound.profiles.load import ProfileError, read_profiles
from services.discharge.inbound.profiles.profile import Profiles


def main(arguments: list[str] | None = None) -> int:
    """0 with facts; 2 with a sentence when a file has none."""
    parser = argparse.ArgumentParser(prog="pathways")
    parser.add_argument("files", type=Path, nargs="+")
    parser.add_argument("--sources", type=Path)
    parser.add_argument("--skip", action="store_true", help="Leave out what is no discharge.")
    given = parser.parse_args(arguments)
    found = []
    try:
        profiles = read_profiles(given.sources)
        for file in given.files:
            with contextlib.suppress(*([NoDischargeError] if given.skip else [])):
                found.append({"file": file.name, "facts": facts_of(file.read_bytes(), profiles)})
    except OSError as error:
        return _cannot(f"{error.filename} cannot be read")
    except (ProfileError, NoDischargeError) as error:
        return _cannot(str(error))
    sys.stdout.buffer.write(orjson.dumps(found))
    return 0


class NoDischargeError(Exception):
    """A message in which nobody leaves hospital, or that would be refused; the text says which."""


def facts_of(body: bytes, profiles: Profiles) -> dict[str, Any]:
    """The facts of the first discharge in a file. Raises `NoDischargeError`."""
    said: list[str] = []
    for message in split(body) if dialect_of("", body) == "hl7v2" else [body]:
        incoming = _read(message, profiles)
        statement = incoming.statement
        if statement is None:
            raise NoDischargeError(f"the message would be refused: {incoming.answer.text}")
        if statement.happening == "discharged" and statement.stay is not None:
            return _facts(statement, statement.stay)
        said.append(statement.happening)
    raise NoDischargeError(f"nobody leaves hospital in it: {', '.join(said)}")


def _read(message: bytes, profiles: Profiles) -> Incoming:
    arrival, dialect = Arrival(datetime.now(UTC), "http"), dialect_of("", message)
    if dialect == "itk3":
        raise NoDischargeError("a document begins no handover; try the message of the discharge")
    if dialect == "fhir":
        return read_fhir(message, arrival)[0]
    return read_hl7(message, arrival, frozenset(), profiles)[0]


def _facts(statement: Statement, stay: Stay) -> dict[str, Any]:
    person, left = statement.person, stay.discharged_at or statement.happened_at
    return {
        "provider": stay.provider,
        "encounter_class": stay.encounter_class,
        "discharged_at": left,
        "method": stay.method,
        "destination": stay.destination,
        "specialty": stay.specialty,
        "practice": person.words.get("practice"),
        "pharmacy": person.words.get("pharmacy"),
        "diagnoses": [code for _, code in stay.diagnoses],
        "indicators": dict(stay.indicators),
        "age": age_at(person.birth_date, left),
        "deceased": statement.deceased,
        "test_patient": statement.test_patient,
        "flags": list(statement.flags),
    }


def _cannot(why: str) -> int:
    sys.stderr.write(f"{why}\n")
    return 2


if __name__ == "__main__":
    sys.exit(main())
