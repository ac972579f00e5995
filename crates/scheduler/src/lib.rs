//! The Jobbers scheduler: promotes what is due and reaps what was abandoned.
