-- Installations and calls by operating system, its version and the processor's architecture.

-- records
event_name NOT LIKE 'mlflow.usage.%'

-- columns
os_type
os_version
host_arch

-- dimensions
'os', COALESCE(os_type, 'not known') FROM scope
'architecture', COALESCE(host_arch, 'not known') FROM scope
'os_version', CONCAT(os_type, ' ', CASE os_type WHEN 'darwin' THEN regexp_extract(os_version, '^[0-9]+', 0)
  ELSE regexp_extract(os_version, '^[0-9]+([.][0-9]+)?', 0) END) FROM scope WHERE os_type IS NOT NULL AND os_version IS NOT NULL
