-- Installations and calls by Python's minor version; implementations other than CPython are named.

-- records
event_name NOT LIKE 'mlflow.usage.%'

-- columns
CASE WHEN process_runtime_name = 'cpython' THEN NULLIF(regexp_extract(process_runtime_version, '^[0-9]+[.][0-9]+', 0), '')
  ELSE CONCAT(COALESCE(process_runtime_name, 'not'), ' ', COALESCE(NULLIF(regexp_extract(process_runtime_version, '^[0-9]+[.][0-9]+', 0), ''), 'known')) END AS python

-- dimensions
'python', COALESCE(python, 'not known') FROM scope
