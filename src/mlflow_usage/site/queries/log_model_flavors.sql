-- Installations and calls of log_model by flavor.

-- records
event_name = 'mlflow.log_model'

-- columns
flavor

-- dimensions
'flavor', flavor FROM scope WHERE flavor IS NOT NULL
