-- The rows that tests/bench/load/rows.h knows. Run with psql -v profiles=100000 -v todos=0 -v lists=10,50,100,1000
-- -v pages=0 -v deleted=50 -v projects=200; every list has ten owners, each percentage of deleted rows too.
SET client_min_messages = warning;
CREATE FUNCTION pg_temp.key(kind int, number bigint) RETURNS uuid LANGUAGE sql IMMUTABLE AS
  $$ SELECT ('00000000-0000-4000-' || to_hex(kind) || '-' || lpad(number::text, 12, '0'))::uuid $$;

INSERT INTO rowkeeper_bench.profiles (id, email, handle, display_name, settings, created_at, updated_at)
  SELECT pg_temp.key(x'8000'::int, i), 'user' || i || '@example.com', 'user' || i, 'User number ' || i,
    '{"theme": "dark", "columns": 3, "beta": true}', '2026-01-01Z'::timestamptz + i * '1.000001 s'::interval,
    '2026-01-01Z'
  FROM generate_series(0, :profiles - 1) AS i;

-- Owners of the other rows: of lists (8001), of what is created (8002), of what is changed (8003), of pages (8004), of
-- deleted rows (8005).
CREATE TEMPORARY TABLE list_owners AS
  SELECT pg_temp.key(x'8001'::int, size * 100000 + i) AS id, size
  FROM unnest(string_to_array(:'lists', ',')::bigint[]) AS size, generate_series(0, 9) AS i;
CREATE TEMPORARY TABLE deleted_owners AS
  SELECT pg_temp.key(x'8005'::int, percent * 100000 + i) AS id, 50 * 100 / (100 - percent) AS size, percent
  FROM unnest(string_to_array(:'deleted', ',')::bigint[]) AS percent, generate_series(0, 9) AS i;
INSERT INTO rowkeeper_bench.profiles (id, email, handle, display_name, settings)
  SELECT id, id || '@example.com', 'owner', 'An owner', '{}' FROM (
    SELECT id FROM list_owners UNION ALL SELECT id FROM deleted_owners
    UNION ALL SELECT pg_temp.key(x'8002'::int, i) FROM generate_series(0, 499) AS i
    UNION ALL SELECT pg_temp.key(x'8003'::int, i) FROM generate_series(0, 99) AS i
    UNION ALL SELECT pg_temp.key(x'8004'::int, 0)) AS owners;

-- A list's to-dos are due an hour apart, and created a minute apart in another order.
INSERT INTO rowkeeper_bench.todos (owner_id, title, notes, status, due_at, priority, created_at, updated_at)
  SELECT id, 'to-do number ' || i, CASE WHEN i % 3 = 0 THEN 'remember the milk, and the bread' END,
    (ARRAY['OPEN', 'IN_PROGRESS', 'DONE'])[i % 3 + 1], '2026-01-01Z'::timestamptz + i * '1 hour'::interval, i % 5 + 1,
    '2025-01-01Z'::timestamptz + i * 7919 % size * '60.000001 s'::interval, '2026-01-01Z'
  FROM list_owners, generate_series(0, size - 1) AS i ORDER BY i, id;
INSERT INTO rowkeeper_bench.todos (owner_id, title, priority, created_at, updated_at, deleted_at)
  SELECT id, 'to-do number ' || i, 1, '2025-01-01Z'::timestamptz + i * '1 minute'::interval, '2026-01-01Z',
    CASE WHEN i * 50 / size = (i + 1) * 50 / size THEN '2026-02-01Z'::timestamptz END
  FROM deleted_owners, generate_series(0, size - 1) AS i ORDER BY i, id;
INSERT INTO rowkeeper_bench.todos (owner_id, title, priority, created_at, updated_at)
  SELECT pg_temp.key(x'8004'::int, 0), 'to-do number ' || i, 1, '2025-01-01Z'::timestamptz + i * '1 minute'::interval,
    '2026-01-01Z'
  FROM generate_series(0, :pages * 10 - 1) AS i;
-- What only makes the table and its indexes larger.
INSERT INTO rowkeeper_bench.todos (owner_id, title, notes, due_at, priority, created_at, updated_at)
  SELECT pg_temp.key(x'8000'::int, i::bigint * 7919 % :profiles), 'to-do number ' || i, 'remember the milk, and the bread',
    '2026-01-01Z', 1, '2025-01-01Z'::timestamptz + i * '1 s'::interval, '2026-01-01Z'
  FROM generate_series(0, :todos - 1) AS i;
-- Sixteen rows for each of 1000 seats, and those that show whether servers answer the same.
INSERT INTO rowkeeper_bench.todos (id, owner_id, title, notes, due_at, priority, created_at, updated_at)
  SELECT pg_temp.key(x'8003'::int, i), pg_temp.key(x'8003'::int, CASE WHEN i < 16000 THEN i % 100 ELSE 0 END), 'water the plants', 'all of them',
    '2026-01-01Z', 1, '2025-01-01Z', '2026-01-01Z'
  FROM generate_series(0, 1000 * 16 + 15) AS i;

INSERT INTO rowkeeper_bench.projects (id, name, owner_id, created_at)
  SELECT pg_temp.key(x'8006'::int, i), 'project ' || lpad(i::text, 6, '0'), pg_temp.key(x'8000'::int, i % 40),
    '2026-01-01Z'
  FROM generate_series(0, :projects - 1) AS i;
INSERT INTO rowkeeper_bench.tasks (id, project_id, position, title)
  SELECT pg_temp.key(x'8007'::int, i * 10 + j), pg_temp.key(x'8006'::int, i), j, 'task number ' || j
  FROM generate_series(0, :projects - 1) AS i, generate_series(0, 9) AS j;
INSERT INTO rowkeeper_bench.comments (id, task_id, position, body)
  SELECT pg_temp.key(x'8008'::int, i * 2 + j), pg_temp.key(x'8007'::int, i), j, 'a comment on task ' || i
  FROM generate_series(0, :projects * 10 - 1) AS i, generate_series(0, 1) AS j;

INSERT INTO rowkeeper_bench.profiles (id, email, handle, display_name, deleted_at)
  VALUES (pg_temp.key(x'8009'::int, 0), 'gone@example.com', 'gone', 'Gone', '2026-02-01Z');
