-- migrate:up
CREATE TABLE bookings (
  room integer,
  during tstzrange,
  CONSTRAINT ex_room EXCLUDE USING gist (room WITH =, during WITH &&)
);

-- migrate:down
SELECT 1;
