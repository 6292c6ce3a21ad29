-- The vendors whose models automation jobs may use.
INSERT INTO llm_factories (id, name, base_url, credential_name, is_streaming, is_active) VALUES
  ('6f1c1d2e-0000-4000-8000-000000000001', 'Local', 'http://127.0.0.1:8000/v1', NULL, true, true),
  ('6f1c1d2e-0000-4000-8000-000000000002', 'Example Cloud', 'https://llm.example.com/v1', 'EXAMPLE_CLOUD_KEY', true, true)
ON CONFLICT DO NOTHING;
