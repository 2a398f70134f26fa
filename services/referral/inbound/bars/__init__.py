"""The door for referrals and bookings as FHIR messages, in the shapes of BaRS (C10)."""
