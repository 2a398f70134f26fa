"""How fast discharge takes messages in, alone: reading, storing, and memory."""
