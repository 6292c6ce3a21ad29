-- migrate:up
ALTER TYPE state ADD VALUE 'OPEN';

-- migrate:down
SELECT 1;
