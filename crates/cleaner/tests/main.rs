//! The cleaner on the embedded store, and as a process.
