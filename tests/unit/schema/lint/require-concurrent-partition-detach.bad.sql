-- migrate:up
ALTER TABLE events DETACH PARTITION events_2025;

-- migrate:down
SELECT 1;
