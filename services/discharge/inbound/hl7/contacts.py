"""Ways to reach a patient, from telephone fields (XTN): home, personal, work, e-mail (C2)."""

from typing import Any

from services.discharge.inbound.contacts import contact_point
from services.discharge.inbound.hl7.reader import NULL
from services.discharge.inbound.hl7.sheet import Sheet
from services.discharge.inbound.limits import MOST_NUMBERS
from services.discharge.inbound.profiles.fields import FieldName

_NO_VOICE = frozenset({"FX", "BP"})
_PERSONAL = frozenset({"PRS", "PRN", "NET", "ORN", "VHN"})


def read_contact_points(sheet: Sheet, words: dict[str, Any]) -> None:
    """All that can be dialled or written to.

    Work numbers alone, in the field for them, say nothing: they would hide what was known of the others.
    """
    phones = _read(sheet, "phones", at_work=False)
    points = [*phones, *_read(sheet, "work_phones", at_work=True)]
    own = [point for point, at_work in points if not at_work]
    deleted = sheet.raw("phones")[0] == NULL
    if own or phones or (deleted and points):
        others = [point for point, at_work in points if at_work and point not in own]
        words["contact_points"] = [*own, *others][:MOST_NUMBERS]
    elif deleted:
        words["contact_points"] = None


def _read(sheet: Sheet, name: FieldName, *, at_work: bool) -> list[tuple[dict[str, str], bool]]:
    """Each contact point, and whether it is at work, where others may see or hear what is sent."""
    message = sheet.message
    found: list[tuple[dict[str, str], bool]] = []
    for raw, place in sheet.all_raw(name):
        if raw == NULL:
            continue
        for repetition in message.split(raw)[:MOST_NUMBERS]:
            number = message.component(repetition, 1) or message.component(repetition, 12)
            use = message.component(repetition, 2).upper()
            equipment = message.component(repetition, 3).upper()
            mail = message.component(repetition, 4) or (number if use == "NET" else "")
            if equipment in _NO_VOICE or (mail or number) in {"", NULL}:
                continue
            mobile = use == "PRS" or equipment == "CP"
            is_work = use == "WPN" or (at_work and not (use in _PERSONAL or mobile))
            point = contact_point(mail or number, mobile=mobile)
            if point is None:
                sheet.flags.append(f"unusable:{place.name}")
            elif is_work and point["kind"] == "email":
                continue
            else:
                if is_work:
                    point["kind"] = "phone"
                if (point, is_work) not in found:
                    found.append((point, is_work))
    return found
