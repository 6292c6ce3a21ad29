-- migrate:up
CREATE TABLE notes (id bigint, title text);
CREATE INDEX ix_notes_title ON notes (title);

-- migrate:down
SELECT 1;
