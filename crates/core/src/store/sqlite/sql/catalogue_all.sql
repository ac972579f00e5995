-- Answers all registrations, by name and version.
SELECT registration FROM catalogue ORDER BY name, version
