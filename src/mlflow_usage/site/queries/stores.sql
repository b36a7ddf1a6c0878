-- Installations and calls by kind of the tracking store.

-- records
event_name NOT LIKE 'mlflow.usage.%'

-- columns
store

-- dimensions
'store', COALESCE(store, 'not known') FROM scope
