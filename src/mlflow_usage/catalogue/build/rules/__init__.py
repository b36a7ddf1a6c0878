"""The rules that every entry of the catalogue keeps. A rule yields what breaks it and what to do, and knows nothing of suppression."""
