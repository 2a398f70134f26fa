"""Made-up staff who may look at messages in a demonstration."""

from services.chassis.access import EVERY_TEAM, Role
from services.chassis.sessions import DemoPerson

PEOPLE = (
    DemoPerson(
        "integration",
        "Sam Okafor",
        EVERY_TEAM,
        (Role.INTEGRATION,),
        team_name="Integration engineer",
    ),
    DemoPerson("operator", "Robin Ashe", EVERY_TEAM, (Role.OPERATOR,), team_name="Operators"),
)
