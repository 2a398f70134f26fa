"""How we reach the database."""
