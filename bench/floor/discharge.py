"""The floor's discharge: HL7 A03 over MLLP into rows and two events, many messages in one commit."""

import asyncio
import hashlib
import hmac
import os
from datetime import UTC, datetime
from typing import Any
from zoneinfo import ZoneInfo

import msgspec
import uvloop
from uuid_utils import uuid7

from bench.floor.post import SECRET, say, served, transaction
from schemas.topics import PATIENTS, SPELLS

_LONDON = ZoneInfo("Europe/London")
_SEXES = {"F": "female", "M": "male"}
_END = b"\x1c\r"
_json = msgspec.json.Encoder().encode


class Hospital(asyncio.Protocol):
    """One connection; whatever has arrived on all of them goes into the next commit."""

    waiting: list[tuple[bytes, asyncio.Transport]] = []  # noqa: RUF012  (one list for all connections, on purpose)

    def connection_made(self, transport: Any) -> None:
        self.transport = transport
        self.got = b""

    def data_received(self, data: bytes) -> None:
        self.got += data
        if self.got.endswith(_END):
            if not self.waiting:
                asyncio.get_running_loop().call_soon(commit)
            self.waiting.append((self.got[1:-2], self.transport))
            self.got = b""


def commit() -> None:
    """Store what is waiting, answer it, and say what it means."""
    batch, Hospital.waiting = Hospital.waiting, []
    taken = [take_in(body) for body, _ in batch]
    with transaction() as copy:
        copy(
            "source_messages (message_id, received_at, dialect, arrived_by, handed_in_by, organisation, application,"
            " control_id, event, digest, body, answer, error, place, reason, clash, flags, happened_at, patient_key,"
            " spell_id, said)",
            (each["message"] for each in taken),
        )
        copy(
            "patients (patient_key, nhs_number, test_patient, said, described, version)",
            (each["patient"] for each in taken),
        )
        copy(
            "patient_identifiers (identifier_key, patient_key, by_nhs_number)",
            (each["alias"] for each in taken),
        )
        copy(
            "spells (spell_id, realm, trust, correlation, home_key, patient_key, known_by_nhs_number, birth_date,"
            " provider, test_patient, heard, told, said)",
            (each["spell"] for each in taken),
        )
    for (_, transport), each in zip(batch, taken, strict=True):
        transport.write(each["ack"])
        for event in each["events"]:
            say(*event)
    served()


def take_in(body: bytes) -> dict[str, Any]:
    """Everything that follows from one message."""
    segments: dict[str, list[list[str]]] = {}
    for line in body.decode().split("\r"):
        segments.setdefault(line[:3], []).append(line.split("|"))
    msh, evn, pid, pd1, pv1 = (segments[name][0] for name in ("MSH", "EVN", "PID", "PD1", "PV1"))
    nhs, local = (number.split("^") for number in pid[3].split("~"))
    family, given, _, _, prefix, *_ = pid[5].split("^")
    street, _, town, _, postcode, *_ = pid[11].split("^")
    key, alias = _key("nhs", nhs[0]), _key(local[3], local[0])
    born = f"{pid[7][:4]}-{pid[7][4:6]}-{pid[7][6:8]}"
    happened, recorded, came, left = (_utc(wall) for wall in (evn[6], evn[2], pv1[44], pv1[45]))
    practice, pharmacy = pd1[3].split("^")[2], segments["ZPI"][0][1]
    codes = [segment[3].split("^")[0] for segment in segments["DG1"]]
    scores = [(segment[3].split("^")[0], float(segment[5])) for segment in segments["OBX"]]
    words: dict[str, Any] = {
        "identifiers": [
            {"system": "nhs", "value": nhs[0]},
            {"system": local[3], "value": local[0]},
        ],
        "nhs_number_verification": pid[32],
        "name": {"family": family, "given": given, "prefix": prefix},
        "birth_date": born,
        "sex": _SEXES[pid[8]],
        "address": {"lines": [line for line in (street, town) if line], "postcode": postcode},
        "contact_points": [{"kind": "phone", "value": pid[13].split("^")[0]}],
        "practice": practice,
        "pharmacy": pharmacy,
        "needs": sorted(segment[2].split("^")[0] for segment in segments["ZRA"]),
    }
    described = {
        **words,
        "identifiers": [words["identifiers"][1], words["identifiers"][0]],
        "nhs_number": nhs[0],
        "deceased": False,
        "restricted": False,
        "test_patient": True,
    }
    message_id, journey, first, second, spell_id = (str(uuid7()) for _ in range(5))
    times, source = (_exact(happened), _exact(recorded)), f"{msh[3]}/{msh[2]}"
    said = {source: {about: [value, *times] for about, value in words.items()}}
    events = [
        {"event_id": first, "type": "patient.described"},
        {"event_id": second, "type": "spell.discharged"},
    ]
    diagnoses = [["http://hl7.org/fhir/sid/icd-10", code] for code in codes]
    ward = pv1[3].split("^")[0]
    stay = {
        "encounter_class": "IMP", "admitted_at": _exact(came), "specialty": pv1[10], "diagnoses": diagnoses,
        "indicators": scores,
    }  # fmt: skip
    departure = {
        "ward": ward, "discharged_at": _exact(left), "method": pv1[36], "destination": pv1[37],
        "encounter_class": "IMP", "deceased": False,
    }  # fmt: skip
    heard = {
        "happenings": [[times[0], "discharged", source, departure, times[1], times[1]]],
        "details": {source: {about: [value, *times] for about, value in stay.items()}},
    }
    beside = {
        "practice": practice, "pharmacy": pharmacy, "test_patient": True, "flags": [], "number": 1,
    }  # fmt: skip
    told = {"patient_key": key, "discharge": stay | departure | beside}
    now, control, provider = datetime.now(UTC), msh[9], msh[3]
    return {
        "message": f"{message_id}\t{now}\thl7v2\tmllp\t\t{provider}\t{msh[2]}\t{control}\t{evn[1]}"
        f"\t\\\\x{hashlib.sha256(body).hexdigest()}\t\\\\x{body.hex()}\tAA\t0\t\t\tf\t{{}}\t{happened}\t{key}"
        f"\t{spell_id}\t{_text(events)}\n",
        "patient": f"{key}\t{nhs[0]}\tt\t{_text(said)}\t{_text(described)}\t1\n",
        "alias": f"{alias}\t{key}\tt\n",
        "spell": f"{spell_id}\tproduction\t{provider}\tvisit:{pv1[19]}\t{key}\t{key}\tt\t{born}\t{provider}\tt"
        f"\t{_text(heard)}\t{_text(told)}\t1\n",
        "ack": f"\x0bMSH|^~\\&|{msh[4]}|{msh[5]}|{msh[2]}|{msh[3]}|{now:%Y%m%d%H%M%S}||ACK^A03^ACK|{message_id[12:]}|P|2.4"
        f"||||||{msh[17]}\rMSA|AA|{control}\r\x1c\r".encode(),
        "events": (
            (
                PATIENTS, "/baton/discharge", "patient.described", f"patient:{key}", key, f"{happened[:-1]}+00:00",
                (first, journey, message_id), _patient_described(key, happened, described),
            ),
            (
                SPELLS, "/baton/discharge", "spell.discharged", f"spell:{spell_id}", key, f"{left[:-1]}+00:00",
                (second, journey, message_id),
                _json(
                    {
                        "patient_key": key, "spell_id": spell_id, "provider": provider, "ward": ward,
                        "encounter_class": "IMP", "admitted_at": came, "discharged_at": left,
                        "discharge_method": pv1[36], "discharge_destination": pv1[37],
                        "specialty": pv1[10], "practice": practice, "pharmacy": pharmacy,
                        "diagnoses": [{"system": system, "code": code} for system, code in diagnoses],
                        "indicators": [{"code": code, "value": value} for code, value in scores],
                        "age": int(pv1[45][:4]) - int(pid[7][:4]) - (pv1[45][4:8] < pid[7][4:8]),
                        "deceased": False, "test_patient": True, "flags": [],
                    }
                ),
            ),
        ),
    }  # fmt: skip


def _patient_described(key: str, at: str, known: dict[str, Any]) -> bytes:
    names = (
        "identifiers", "nhs_number", "nhs_number_verification", "name", "birth_date", "sex", "address",
        "contact_points", "practice", "pharmacy",
    )  # fmt: skip
    return _json(
        {"patient_key": key, "described_at": at}
        | {name: known[name] for name in names}
        | {"language": "", "needs": known["needs"]}
        | {"deceased": False, "deceased_at": None, "death_status": "", "restricted": False}
        | {"test_patient": True, "identity_held": False, "replaced_by": None}
    )


def _key(system: str, value: str) -> str:
    return hmac.digest(SECRET, f"{system.lower()}:{value}".encode(), "sha256").hex()[:32]


def _utc(wall: str) -> str:
    year, month, day = int(wall[:4]), int(wall[4:6]), int(wall[6:8])
    hour, minute, second = int(wall[8:10]), int(wall[10:12]), int(wall[12:14])
    at = datetime(year, month, day, hour, minute, second, tzinfo=_LONDON)
    return f"{at.astimezone(UTC).isoformat()[:19]}Z"


def _exact(at: str) -> str:
    return f"{at[:-1]}.000000+00:00"


def _text(value: Any) -> str:
    text: str = _json(value).decode()
    return text.replace("\\", "\\\\")


async def main() -> None:
    """Listen for ever."""
    port = int(os.environ["BATON_MLLP_PORT"])
    server = await asyncio.get_running_loop().create_server(Hospital, "127.0.0.1", port)
    await server.serve_forever()


if __name__ == "__main__":
    uvloop.run(main())
