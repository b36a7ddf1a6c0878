-- Installations and calls of MLflow's public API.

-- records
event_name NOT LIKE 'mlflow.usage.%'
