-- Arguments: queue, first and last start, starts, starts in all, until when they are of use. Begins a bucket, or adds to
-- one: then the first start is that bucket's.
INSERT INTO rate_buckets (queue, first, last, starts, total, until) VALUES (?, ?, ?, ?, ?, ?)
ON CONFLICT (queue, first)
DO UPDATE SET
    last = max(rate_buckets.last, excluded.last),
    starts = rate_buckets.starts + excluded.starts,
    total = excluded.total,
    until = max(rate_buckets.until, excluded.until)
