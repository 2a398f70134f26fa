"""The numbers a patient goes by: the NHS number and those of hospitals (C2, C5)."""

from services.discharge.inbound.clean import short
from services.discharge.inbound.hl7.reader import NULL
from services.discharge.inbound.hl7.sheet import Sheet
from services.discharge.inbound.limits import MOST_NUMBERS
from services.discharge.inbound.nhs import is_valid_nhs_number
from services.discharge.inbound.profiles.fields import FieldName

NHS = "NHS"
_NHS_TYPES = frozenset({"NH", "NHS"})
_MOST_REPETITIONS = 200
"""The NHS number may be the last of a long list; of the others the first few are kept."""

Numbers = tuple[str | None, tuple[tuple[str, str], ...]]
"""The NHS number, and (assigning authority, value) of the others in the order sent."""


def read_numbers(sheet: Sheet, listed: FieldName, bare: FieldName | None = None) -> Numbers:
    """Read identifier lists, and the bare NHS numbers of senders that write them elsewhere."""
    nhs: list[str] = []
    local: list[tuple[str, str]] = []
    if bare:
        value, place = sheet.text(bare)
        if value and value != NULL:
            _take_nhs(sheet, value, place.name, nhs)
    message, authorities = sheet.message, sheet.profile.authorities
    for raw, place in sheet.all_raw(listed):
        for repetition in message.split(raw)[:_MOST_REPETITIONS]:
            value = message.component(repetition, 1)
            if not value or value == NULL:
                continue
            authority = message.first_part(repetition, 4)
            authority = authorities.get(authority.upper(), authority)
            kind = message.component(repetition, 5).upper()
            if kind in _NHS_TYPES or authority.upper() == NHS:
                _take_nhs(sheet, value, place.name, nhs)
            else:
                local.append((short(authority or _sender(sheet)), short(value)))
    if len(nhs) > 1:
        sheet.flags.append(f"nhs-numbers-differ:{sheet.place(listed)}")
    return (nhs[0] if nhs else None), tuple(dict.fromkeys(local))[:MOST_NUMBERS]


def _take_nhs(sheet: Sheet, value: str, place: str, found: list[str]) -> None:
    digits = value.replace(" ", "").replace("-", "")
    if not is_valid_nhs_number(digits):
        sheet.flags.append(f"nhs-number-invalid:{place}")
    elif digits not in found:
        found.append(digits)


def _sender(sheet: Sheet) -> str:
    message = sheet.message
    sent = sheet.profile.provider or short(message.value(message.segments[0], 4)).upper()
    return sent or "unknown"
