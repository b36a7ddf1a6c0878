"""How records reach the endpoint, and what its answers mean."""
