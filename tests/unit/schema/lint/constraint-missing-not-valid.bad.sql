-- migrate:up
ALTER TABLE todos ADD CONSTRAINT ck_title CHECK (title <> '');
ALTER TABLE drafts ADD CONSTRAINT ck_title CHECK (title <> '') NOT VALID;
ALTER TABLE drafts VALIDATE CONSTRAINT ck_title;

-- migrate:down
SELECT 1;
