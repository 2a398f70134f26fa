"""What a journey asks referral and the mailbox about one patient."""

from typing import Any

from tests.support.eventually import eventually_now
from tests.support.site import RunningSite

Item = dict[str, Any]


class Following:
    """Follows one patient's handovers from outside."""

    def __init__(self, site: RunningSite, number: str) -> None:
        self._site = site
        self._number = number

    def all(self, state: str = "") -> list[Item]:
        """The handovers, newest last; each with its offers and tasks."""
        with self._site.client("referral") as client:
            answer = client.get("/handovers", headers={"X-Patient-Identifier": self._number})
            found = answer.raise_for_status().json()["items"]
            whole = [client.get(f"/handovers/{each['handover_id']}").json() for each in found]
        whole.sort(key=lambda each: each["handover_id"])
        return [each for each in whole if state in ("", each["state"])]

    def the(self, state: str = "open") -> Item:
        """The one handover in that state, waited for."""
        found: list[Item] = eventually_now(
            lambda: self.all(state), 30, f"a handover that is {state}"
        )
        [only] = found
        return only

    def task(self, handover: Item, rule: str) -> Item:
        """The task of a rule."""
        [found] = [task for task in handover["tasks"] if task["rule"]["rule_id"] == rule]
        return dict(found)

    def accept(self, handover: Item, team: str) -> None:
        """A team accepts what it was asked."""
        [offer] = [offer for offer in handover["offers"] if offer["team"] == team]
        with self._site.client("referral") as client:
            client.post(f"/offers/{offer['offer_id']}/accept", json={}).raise_for_status()

    def mails_to_team(self, team: str, handover: Item) -> list[str]:
        """Subjects of the mails that a team got about a handover."""
        return [
            mail.subject
            for mail in self._site.mails(f"{team.lower()}@teams.example.net")
            if handover["handover_id"] in mail.body
        ]

    def mails_to(self, address: str) -> list[str]:
        """Subjects of the mails to a patient."""
        return [mail.subject for mail in self._site.mails(address)]
