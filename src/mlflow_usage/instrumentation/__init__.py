"""What is wrapped, whose calls count, and what of a call is recorded."""
