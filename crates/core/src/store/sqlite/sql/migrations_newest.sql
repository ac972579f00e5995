-- Answers the newest migration that was applied.
SELECT max(version) AS newest FROM _sqlx_migrations
