-- Installations and calls by MLflow's minor version.

-- records
event_name NOT LIKE 'mlflow.usage.%'

-- columns
NULLIF(regexp_extract(service_version, '^[0-9]+[.][0-9]+', 0), '') AS version

-- dimensions
'version', COALESCE(version, 'not known') FROM scope
