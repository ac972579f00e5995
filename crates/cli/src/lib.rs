//! The jobbers command.
