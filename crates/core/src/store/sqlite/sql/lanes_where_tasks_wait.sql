-- Answers of each lane in which tasks wait how many do.
SELECT queue, name, version, waiting FROM lanes WHERE waiting > 0
