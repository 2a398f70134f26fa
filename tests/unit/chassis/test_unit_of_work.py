from datetime import UTC, datetime
from typing import Any, cast
from uuid import UUID

import pytest

from schemas.spell import SpellAdmitted
from services.chassis.ids import new_id
from services.chassis.unit_of_work import LARGEST_BODY, Cause, EventTooLarge, UnitOfWork

NOW = datetime(2026, 9, 8, 10, 20, tzinfo=UTC)


def test_an_event_that_no_broker_takes_is_refused_before_it_holds_up_others() -> None:
    unit = UnitOfWork(cast("Any", None), "discharge", NOW)
    event = SpellAdmitted(
        patient_key="k",
        spell_id=UUID(int=1),
        provider="ZTA",
        encounter_class="IMP",
        flags=("secret" * LARGEST_BODY,),
    )

    with pytest.raises(EventTooLarge) as refused:
        unit.publish(
            event, stream="spell:a", sequence=1, cause=Cause(new_id(), new_id()), occurred_at=NOW
        )

    assert str(refused.value) == "spell.admitted"
    assert unit.letters == []
