-- migrate:up
ALTER TABLE todos ADD PRIMARY KEY (id);

-- migrate:down
SELECT 1;
