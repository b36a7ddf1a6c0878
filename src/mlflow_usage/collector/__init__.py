"""Building and running the standard Collector. The operator's side: never imported by a user's process."""
