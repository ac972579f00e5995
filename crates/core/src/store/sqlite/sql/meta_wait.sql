-- Arguments: a time as text. No lease is taken for over before it.
INSERT INTO store_meta (name, value) VALUES ('waiting_until', ?) ON CONFLICT (name) DO UPDATE SET value = excluded.value
