"""May we? The sources of consent, the one decision over them, and the notice."""
