"""Who the patient is, as every list shows it beside the work."""

import asyncpg

from services.referral.usecases.views import PersonView


def read_person(row: asyncpg.Record) -> PersonView:
    """The person of a row; an empty one when nobody described them, or they are forgotten."""
    if row["family"] is None:
        return PersonView()
    return PersonView(
        family=row["family"],
        given=row["given"],
        birth_date=row["birth_date"],
        nhs_number=row["nhs_number"],
        nhs_number_verified=row["nhs_number_verified"],
        deceased=row["deceased"],
        restricted=row["restricted"],
        identity_held=row["identity_held"],
    )
