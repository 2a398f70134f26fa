"""Decisions of notify: whom to tell, whether they may be told now, and what the patient's page says."""
