-- migrate:up
ALTER TABLE bookings ADD CONSTRAINT ex_room EXCLUDE USING gist (room WITH =, during WITH &&);

-- migrate:down
SELECT 1;
