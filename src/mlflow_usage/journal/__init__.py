"""Where calls are counted, so that each arrives exactly once."""
