-- migrate:up
ALTER TABLE todos ADD CONSTRAINT fk_owner FOREIGN KEY (owner_id) REFERENCES profiles (id) NOT VALID;

-- migrate:down
SELECT 1;
