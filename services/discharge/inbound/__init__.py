"""How hospitals reach us."""
