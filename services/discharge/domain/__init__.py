"""What the words of a hospital mean, decided without clock, database or wire."""
