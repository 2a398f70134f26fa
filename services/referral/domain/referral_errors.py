"""What is refused of a referral or an appointment, each with a code for programs and a sentence for who asked."""

from services.chassis.errors import Refusal


class TestPatient(Refusal):
    """A test patient's referral has no place among real work."""

    __test__ = False

    def __init__(self) -> None:
        super().__init__(
            "referral.test_patient", "refused", "This is a test patient. Nothing was referred."
        )


class NothingToDo(Refusal):
    def __init__(self) -> None:
        super().__init__(
            "referral.no_rule_applies",
            "refused",
            "No rule of this site says what to do with this kind of referral. Ring the service.",
        )


class PatientHasDied(Refusal):
    def __init__(self) -> None:
        super().__init__(
            "referral.patient_has_died",
            "refused",
            "The patient is recorded as having died. If that is wrong, ring the service.",
        )


class ServiceUnknown(Refusal):
    def __init__(self) -> None:
        super().__init__(
            "referral.service_unknown",
            "missing",
            "The directory does not know this service. Check which one is meant.",
        )


class ServiceDoesNotSuit(Refusal):
    """The service does not take such referrals; says why in words."""

    def __init__(self, why: str) -> None:
        super().__init__("referral.service_does_not_suit", "refused", why)


class SentBefore(Refusal):
    """The same referral came before; the sender may read that as success."""

    def __init__(self) -> None:
        super().__init__(
            "referral.sent_before", "conflict", "This referral has been received already."
        )


class ReferralOver(Refusal):
    def __init__(self, state: str) -> None:
        words = {"outcome": "closed with an outcome", "rejected": "sent back"}
        super().__init__(
            f"referral.{state}",
            "conflict",
            f"This referral is {words.get(state, state)}, so it can no longer be changed.",
        )


class NotWithYou(Refusal):
    def __init__(self) -> None:
        super().__init__(
            "referral.not_with_you",
            "forbidden",
            "Only the team that the referral is with can say this.",
        )


class NotTheReferrer(Refusal):
    def __init__(self) -> None:
        super().__init__(
            "referral.not_the_referrer", "forbidden", "Only the team that referred can do this."
        )


class NotAcceptedYet(Refusal):
    def __init__(self) -> None:
        super().__init__(
            "referral.not_accepted", "conflict", "Accept the referral first: nobody has it yet."
        )


class NotYet(Refusal):
    def __init__(self, sentence: str) -> None:
        super().__init__("appointment.not_yet", "refused", sentence)


class AppointmentOver(Refusal):
    def __init__(self, status: str) -> None:
        super().__init__(
            f"appointment.{status}", "conflict", f"This appointment is {status} already."
        )


class OutcomeUnknown(Refusal):
    def __init__(self) -> None:
        super().__init__(
            "referral.outcome_unknown", "refused", "Choose one of the listed outcomes."
        )
