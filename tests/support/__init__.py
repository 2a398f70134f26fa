"""What tests stand on: real servers, a browser, and waiting for facts."""
