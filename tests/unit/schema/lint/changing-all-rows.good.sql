-- migrate:up
UPDATE todos SET title = upper(title) WHERE id = 7;

-- migrate:down
SELECT 1;
