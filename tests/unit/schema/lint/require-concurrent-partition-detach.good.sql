-- migrate:up transaction:false
ALTER TABLE events DETACH PARTITION events_2025 CONCURRENTLY;

-- migrate:down
SELECT 1;
