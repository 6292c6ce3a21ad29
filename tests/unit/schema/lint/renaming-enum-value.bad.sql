-- migrate:up
ALTER TYPE state RENAME VALUE 'NEW' TO 'OPEN';

-- migrate:down
SELECT 1;
