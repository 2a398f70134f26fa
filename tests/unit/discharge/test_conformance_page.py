import re

from services.discharge.inbound.hl7.events import EVENTS
from services.discharge.inbound.onboarding.conformance import PAGE, written
from services.discharge.inbound.profiles.fields import FIELDS
from services.discharge.inbound.profiles.file import ProfileFile

TEXT = PAGE.read_text(encoding="utf-8")


def test_the_tables_say_what_the_reader_does():
    assert written(TEXT) == TEXT, "write them anew: make events"


def test_every_event_and_every_field_has_its_row():
    for code in EVENTS:
        assert f"\n| {code} |" in TEXT
    for name in FIELDS:
        assert f"\n| `{name}` |" in TEXT


def test_every_setting_of_a_profile_is_explained():
    said = TEXT.split("| setting | meaning |")[1].split("\n\n")[0]

    named = set(re.findall(r"`(\w+)`", said))
    assert set(ProfileFile.model_fields) <= named


def test_a_table_that_was_changed_by_hand_is_noticed():
    changed = TEXT.replace("| A13 |", "| A99 |")

    assert written(changed) == TEXT
