"""The public pages. The operator's side: never imported by a user's process."""
