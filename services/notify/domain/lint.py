"""Words that may not stand in a message: they could tell a stranger what somebody is treated for (rule P02)."""

import re
from collections.abc import Iterable


class BannedWords:
    """A list of words and phrases, found whole and in any case."""

    def __init__(self, words: Iterable[str]) -> None:
        parts = sorted((re.escape(" ".join(word.split())) for word in words), key=len, reverse=True)
        phrases = "|".join(part.replace(r"\ ", r"\s+") for part in parts)
        self._pattern = re.compile(rf"(?<!\w)(?:{phrases})(?:s|es)?(?!\w)", re.IGNORECASE)

    def found_in(self, text: str) -> list[str]:
        """The words of the list that stand in the text, lower case, in order of place."""
        return [match.group().lower() for match in self._pattern.finditer(text)]
