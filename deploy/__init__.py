"""Everything that puts Baton somewhere: this machine, a compose file, a cluster."""
