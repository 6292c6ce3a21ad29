-- migrate:up
UPDATE todos SET title = upper(title);
DELETE FROM drafts;

-- migrate:down
SELECT 1;
