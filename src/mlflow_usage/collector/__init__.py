"""The standard Collector, built and run. The operator's side: a user's process never imports it."""
