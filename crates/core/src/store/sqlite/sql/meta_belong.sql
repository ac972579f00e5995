-- Arguments: an installation. Makes the store belong to it, if it belongs to none.
INSERT INTO store_meta (name, value) VALUES ('installation', ?) ON CONFLICT (name) DO NOTHING
