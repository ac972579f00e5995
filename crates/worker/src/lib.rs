//! The Jobbers worker: claims tasks and runs their handlers.
