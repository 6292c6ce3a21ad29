-- migrate:up
-- rowkeeper:allow ban-drop-table nobody reads it
SELECT 1;

-- migrate:down
SELECT 1;
