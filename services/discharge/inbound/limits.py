"""How much of a message goes on in events; all of it stays in the stored message."""

LONGEST_TEXT = 200
MOST_NUMBERS = 10
MOST_NEEDS = 30
MOST_DIAGNOSES = 50
MOST_FLAGS = 40
