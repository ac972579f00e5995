//! Tests that start the real binaries.
