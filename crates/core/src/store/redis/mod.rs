//! The store on Redis: the only module that knows Redis.
