-- Installations and calls by API.

-- records
event_name NOT LIKE 'mlflow.usage.%'

-- columns
event_name

-- dimensions
'api', event_name FROM scope
