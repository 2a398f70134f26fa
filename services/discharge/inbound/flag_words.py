"""What the flags on a message mean, in plain English: what was found, and what was done about it."""

from collections.abc import Mapping
from types import MappingProxyType

WORDS: Mapping[str, str] = MappingProxyType(
    {
        "charset-assumed": "The message does not say which character set it uses. It was read as Windows-1252, so "
        "accents may be wrong.",
        "charset-wrong": "The text does not fit the character set that the message names. Another one was tried, so "
        "accents may be wrong.",
        "class-missing": "It does not say which kind of stay this is. It counts as what was said of the stay before, else as an inpatient stay.",
        "conflict": "Two things that were said do not fit together.",
        "conflict:discharge-destination": "Two sources give different discharge destinations. The latest word holds.",
        "conflict:discharge-method": "Two sources give different discharge methods. The latest word holds.",
        "conflict:local-number": "This local number belongs to somebody else already. Check who is meant.",
        "conflict:merge-of-test-and-live": "It merges a number of the test range with one that a person may have. "
        "Nothing was merged.",
        "conflict:merge-of-two-nhs-numbers": "It merges records that have two different NHS numbers. Check that this "
        "is one person.",
        "conflict:one-record-cannot-be-parted": "It takes a merge back, but both sides are one record here. Check who "
        "is meant.",
        "date-partial": "A date is not complete, and was left out.",
        "date-unreadable": "A date cannot be read, and was left out.",
        "death-taken-back": "An earlier message said that the patient had died; this one takes it back. That is for a "
        "person to decide, so the death still stands.",
        "deleted": "It deletes a value. The value is gone here too.",
        "discharging-consultant-missing": "The document does not name the discharging consultant.",
        "encounter-missing": "The document does not say which stay it is about.",
        "event-mismatch": "The event in EVN-1 is not the one in MSH-9. MSH-9 was followed.",
        "heading-missing": "A heading that every discharge document must have is not there.",
        "local-segment": "It has a segment of the hospital’s own making. It was kept, and not used.",
        "national-record-invalidated": "The national record was found to be wrong, and no other NHS number took its "
        "place. Check who the patient is; they are sent no messages until then.",
        "national-record-missing": "The national record has nobody under this NHS number. Check the number; the "
        "patient is sent no messages until then.",
        "nhs-number-invalid": "The NHS number fails its check. It was not used; the local number was.",
        "nhs-number-missing": "There is no NHS number. The patient is known by the local number only, and is sent no "
        "messages.",
        "nhs-numbers-differ": "It gives two different NHS numbers for one patient. Check who is meant.",
        "other-record-not-named": "It is about two records, but does not name the other one. Nothing was merged.",
        "practice-missing": "There is no GP practice that can be used. Work for the practice goes to a person to place.",
        "provider-missing": "It does not say which hospital it is about. The sender was taken for it.",
        "question": "What was said of the stay leaves a question for a person.",
        "question:cancelled-elsewhere": "One source ended the stay and another says that it goes on.",
        "question:discharge-times-differ": "Two sources give discharge times that are more than an hour apart. The "
        "earlier one sets the deadlines.",
        "question:discharged-again-or-late": "The discharge was cancelled, and a message about a discharge came that "
        "may be older or new.",
        "recipient-missing": "The document does not say for whom it is.",
        "same-record": "It merges or moves a record to itself. Nothing was changed.",
        "segment-missing": "A segment that is usual in this event is not there.",
        "segment-repeated": "A segment comes more than once, about the same patient. The first was followed.",
        "status-mismatch": "The status does not fit the event. The status was followed.",
        "temporary": "The patient goes to an address for a time only. Check that it is the one they go to.",
        "text-cut": "A text is longer than is kept. The whole of it is in the stored message.",
        "time-ambiguous": "This hour came twice that night, because the clocks went back. The first was taken, which "
        "gives the earlier deadline.",
        "time-before-admission": "The discharge is before the admission. Check both times with the hospital.",
        "time-date-only": "There is a date without a time. It was not taken for midnight; another time was used.",
        "time-gap": "This hour did not exist that night, because the clocks went forward. The time was moved an hour on.",
        "time-in-future": "The time has not come yet. Check the clock of the sending system.",
        "time-missing": "A time is not there. Another time in the message was used.",
        "time-of-receipt": "No time in the message can be used. The time at which it came was taken.",
        "time-taken-from-event": "The discharge time is not in its own field. The time of the event was taken.",
        "time-unreadable": "A time cannot be read. Another time in the message was used.",
        "time-partial": "A time is not complete. Another time in the message was used.",
        "too-many": "There are more of these than are kept. All of them are in the stored message.",
        "unknown-code": "A code is not in the national list. It was kept as it came, and nothing was concluded from it.",
        "unreadable": "A value cannot be read, and was left out.",
        "unusable": "A value is not of its usual form, for example text instead of a telephone number. It was left out.",
        "visit-number-missing": "There is no number of the stay. Messages are put together by patient and admission time.",
        "visit-number-shared": "Another patient has a stay with this number at the same trust. They were kept apart.",
    }
)
"""By kind, or by kind and place where the place says more."""

UNEXPLAINED = "Something about the message is not as usual. Look at the place that is named."


def kind_of(flag: str) -> str:
    """A flag without its place."""
    return flag.split(":", 1)[0]


def in_words(flag: str) -> str:
    """One sentence or two about a flag."""
    return WORDS.get(flag) or WORDS.get(kind_of(flag), UNEXPLAINED)


def place_of(flag: str) -> str:
    """Where it was found; empty when that says nothing more."""
    _, _, place = flag.partition(":")
    return "" if flag in WORDS else place
