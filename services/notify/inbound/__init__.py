"""How the world reaches notify: events, requests, pages and the clock of the delivery worker."""
