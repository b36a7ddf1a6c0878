-- Installations and calls of autolog by flavor and setting; mlflow.autolog() itself, which is for every flavor, has none.

-- records
event_name = 'mlflow.autolog'

-- columns
flavor
disable
log_traces
log_models

-- dimensions
'flavor', COALESCE(flavor, 'mlflow.autolog()') FROM scope
'disable', CASE WHEN disable THEN 'true' ELSE 'false' END FROM scope WHERE disable IS NOT NULL
'log_traces', CASE WHEN log_traces THEN 'true' ELSE 'false' END FROM scope WHERE log_traces IS NOT NULL
'log_models', CASE WHEN log_models THEN 'true' ELSE 'false' END FROM scope WHERE log_models IS NOT NULL
