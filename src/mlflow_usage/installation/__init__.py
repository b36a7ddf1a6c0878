"""Who is it? The state directory, the installation's random secret, and what is told of the system."""
