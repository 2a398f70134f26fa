"""Referral holds the baton: handovers, their offers, tasks, deadlines and owners."""
