-- migrate:up
REFRESH MATERIALIZED VIEW CONCURRENTLY totals;

-- migrate:down
SELECT 1;
