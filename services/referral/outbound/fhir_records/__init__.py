"""Records as other systems read them, from the tables."""
