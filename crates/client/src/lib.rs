//! Typed calls to a Jobbers manager.
