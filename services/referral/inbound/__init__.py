"""How the world reaches referral: events, timers, requests, and people on pages."""
