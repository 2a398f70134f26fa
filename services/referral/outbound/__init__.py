"""How referral reaches the world: its data files and its tables."""
