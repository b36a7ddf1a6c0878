"""The catalogue: the one source of what may be collected, and its generated tables."""
