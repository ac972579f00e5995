//! What every Jobbers store must do, as named scenarios.
