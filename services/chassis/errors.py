"""Two ways of saying no: a refusal that a person can act on, and trouble that passes by itself."""

from typing import Literal

Kind = Literal[
    "refused", "missing", "conflict", "forbidden", "unauthenticated", "too-large", "invalid"
]


class Refusal(Exception):
    """Something was asked that cannot be done; asking again unchanged will not help.

    `code` is stable and for programs (`referral.already_closed`), `kind` decides the HTTP status, and
    `sentence` is for a person. None of them may hold an identifier.
    """

    def __init__(self, code: str, kind: Kind, sentence: str) -> None:
        super().__init__(sentence)
        self.code = code
        self.kind: Kind = kind
        self.sentence = sentence


class Transient(Exception):
    """Something we depend on is away for the moment; the same call may succeed later."""
