"""From the Collector's archive to the Delta table. The operator's side: never imported by a user's process."""
