"""The operator's side: the command line `baton`, the operator page, a site on one machine, and the demo."""
