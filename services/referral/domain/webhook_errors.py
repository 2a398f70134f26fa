"""What is refused about webhooks, each with a code for programs and a sentence for the person who asked."""

from services.chassis.errors import Refusal


class TargetRefused(Refusal):
    def __init__(self, sentence: str) -> None:
        super().__init__("webhook.target_refused", "refused", sentence)


class EventUnknown(Refusal):
    def __init__(self) -> None:
        super().__init__(
            "webhook.event_unknown",
            "refused",
            "Choose types of events from the list at GET /webhooks/events, or * for all of them.",
        )


class TooMany(Refusal):
    def __init__(self, most: int) -> None:
        super().__init__(
            "webhook.too_many", "conflict", f"A team has at most {most} webhooks. Delete one first."
        )


class NotYourTeam(Refusal):
    def __init__(self) -> None:
        super().__init__(
            "webhook.not_your_team", "forbidden", "Only a team's own systems can subscribe for it."
        )
