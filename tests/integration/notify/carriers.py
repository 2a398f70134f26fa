"""Carriers that do what a test wants, and a worker that uses them."""

from services.notify.app import STORES, build_desk
from services.notify.domain.alert import Channel
from services.notify.domain.attempt import Taken
from services.notify.inbound.delivery import DeliveryWorker
from services.notify.usecases.desk import Desk

EDNA_MAIL = "edna@patients.example.net"


_DESKS: dict[tuple[object, ...], Desk] = {}


def desk_of(settings) -> Desk:
    """Reading forty data files for every word that is heard would be most of what a test does."""
    told = (settings.live, settings.quiet_hours, settings.settling_seconds)
    key = (*told, settings.public_url, settings.staff_url)
    if key not in _DESKS:
        _DESKS[key] = build_desk(settings)
    return _DESKS[key]


class Carried:
    """A carrier that says what a test wants and remembers what it was handed."""

    def __init__(self, *outcomes) -> None:
        self.outcomes = list(outcomes)
        self.messages = []
        self.taken_back = []

    async def carry(self, message):
        self.messages.append(message)
        outcome = self.outcomes.pop(0) if self.outcomes else Taken()
        if isinstance(outcome, Exception):
            raise outcome
        return outcome

    async def take_back(self, alert_id):
        self.taken_back.append(alert_id)
        return False


def a_worker_with(house, carrier) -> DeliveryWorker:
    return DeliveryWorker(
        house.database,
        STORES,
        desk_of(house.settings),
        {Channel.EMAIL: carrier, Channel.LETTER: carrier},
    )


async def patient_alert(house):
    ((state, reason),) = [
        (state, reason)
        for audience, _, _, state, reason in await house.alerts()
        if audience == "patient"
    ]
    return state, reason


async def about_the_patient(house, event):
    return [said for said in await house.said(event) if said.audience == "patient"]
