-- migrate:up
REFRESH MATERIALIZED VIEW totals;

-- migrate:down
SELECT 1;
