"""How fast Baton is, as a share of a bare program that writes the same rows and sends the same messages."""
