"""How notify reaches the world: PostgreSQL, mail, letters and its data files."""
