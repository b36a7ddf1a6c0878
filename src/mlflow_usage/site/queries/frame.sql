{about}
-- Runs alike on DuckDB and Spark over the view usage: one row per record, its column count says how many calls it stands for.
-- Parameters: grid, 'week' (named by its Monday) or 'day'; since and until, the first day and the day after the last;
-- threshold, the fewest installations of a published cell; cap, the most calls that one installation adds to a cell in a day.
-- A cell below the threshold leaves nothing but the number of such cells, in the row whose dimension is 'suppressed'.
WITH scope AS (
  SELECT
    CASE :grid WHEN 'week' THEN CAST(date_trunc('week', event_day) AS DATE) ELSE event_day END AS period,
    event_day,
    installation_id,
    count{columns}
  FROM usage
  WHERE event_day >= CAST(:since AS DATE) AND event_day < CAST(:until AS DATE) AND {records}
),
{lists}parts AS (
  SELECT period, event_day, installation_id, count, 'all' AS dimension, 'all' AS value FROM scope{dimensions}
),
daily AS (
  SELECT period, event_day, installation_id, dimension, value, SUM(count) AS calls
  FROM parts
  GROUP BY period, event_day, installation_id, dimension, value
),
cells AS (
  SELECT
    period,
    dimension,
    value,
    COUNT(DISTINCT installation_id) AS installations,
    SUM(LEAST(calls, :cap)) AS calls,
    SUM(calls) AS calls_unclipped
  FROM daily
  GROUP BY period, dimension, value
)
SELECT period, dimension, value, installations, calls, calls_unclipped
FROM cells
WHERE installations >= :threshold
UNION ALL
SELECT period, 'suppressed', 'cells', COUNT(*), 0, 0
FROM cells
WHERE installations < :threshold
GROUP BY period
ORDER BY period, dimension, installations DESC, value
