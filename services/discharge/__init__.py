"""Hears hospitals: keeps what they send and says who was admitted and who was discharged."""
