-- Two accounts to move money between.
INSERT INTO account (id, owner_id, currency, balance) VALUES
  (1, '7a2d3e4f-0000-4000-8000-000000000001', 'EUR', 1000),
  (2, '7a2d3e4f-0000-4000-8000-000000000002', 'EUR', 250.50)
ON CONFLICT DO NOTHING;

-- The ids above were given by hand, so the counter must be moved past them.
SELECT setval(pg_get_serial_sequence('account', 'id'), (SELECT max(id) FROM account));
