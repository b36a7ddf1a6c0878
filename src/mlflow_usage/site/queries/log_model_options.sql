-- Installations and calls of log_model by argument given, kind of model and outcome.

-- records
event_name = 'mlflow.log_model'

-- columns
pip_requirements
extra_pip_requirements
code_paths
params
metadata
model_type
status

-- dimensions
'pip_requirements', CASE WHEN pip_requirements THEN 'given' ELSE 'not given' END FROM scope WHERE pip_requirements IS NOT NULL
'extra_pip_requirements', CASE WHEN extra_pip_requirements THEN 'given' ELSE 'not given' END FROM scope WHERE extra_pip_requirements IS NOT NULL
'code_paths', CASE WHEN code_paths THEN 'given' ELSE 'not given' END FROM scope WHERE code_paths IS NOT NULL
'params', CASE WHEN params THEN 'given' ELSE 'not given' END FROM scope WHERE params IS NOT NULL
'metadata', CASE WHEN metadata THEN 'given' ELSE 'not given' END FROM scope WHERE metadata IS NOT NULL
'model_type', model_type FROM scope WHERE model_type IS NOT NULL
'status', status FROM scope WHERE status IS NOT NULL
