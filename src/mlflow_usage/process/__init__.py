"""Is anything measured here? What this process measures, since when, and what stands in the way."""
