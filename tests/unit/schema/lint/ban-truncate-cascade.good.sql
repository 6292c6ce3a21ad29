-- migrate:up
-- rowkeeper:allow ban-truncate a cache, which fills again
TRUNCATE caches;

-- migrate:down
SELECT 1;
