"""How large a message may be, and how much of it goes on in events; all of it stays in the stored message."""

from services.discharge.domain.message import Answer

MOST_BYTES = 1024 * 1024
TOO_LARGE = Answer("AR", 104, "", f"A message has at most {MOST_BYTES} bytes")

LONGEST_TEXT = 200
MOST_NUMBERS = 10
MOST_NEEDS = 30
MOST_DIAGNOSES = 50
MOST_FLAGS = 40
