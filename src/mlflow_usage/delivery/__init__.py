"""From the journals to the endpoint."""
