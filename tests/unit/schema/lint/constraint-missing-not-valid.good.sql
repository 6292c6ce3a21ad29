-- migrate:up
ALTER TABLE todos ADD CONSTRAINT ck_title CHECK (title <> '') NOT VALID;

-- migrate:down
SELECT 1;
