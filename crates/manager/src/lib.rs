//! The Jobbers manager: REST API.
