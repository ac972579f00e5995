//! Errors of the operations, told to a client. What a client need not know is logged here, once.

use jobbers_core::operation::{cancel, get, ready};
use jobbers_core::routing::RoutingError;
use jobbers_core::store::StoreError;

use crate::problem::{Kind, Problem};

impl From<StoreError> for Problem {
    fn from(error: StoreError) -> Self {
        tracing::warn!(event = "store_error", %error);
        match error {
            StoreError::Unavailable { operation: "submit", .. } => Self::new(
                Kind::StoreAway,
                "the store of tasks did not answer in time: send the request again, best with an `id` of your own, \
                 which makes sure that it is stored once only",
            ),
            StoreError::Unavailable { .. } => {
                Self::new(Kind::StoreAway, "the store of tasks did not answer in time: send the request again")
            }
            StoreError::Full { .. } => {
                Self::new(Kind::StoreFull, "the store of tasks has no room: nothing was stored; try again later")
            }
            StoreError::Broken { .. } | StoreError::Incompatible(_) => Self::new(
                Kind::Bug,
                "the store of tasks gave an answer that the manager does not understand; see its log",
            ),
        }
    }
}

impl From<RoutingError> for Problem {
    fn from(error: RoutingError) -> Self {
        tracing::warn!(event = "sql_store_error", %error);
        match error {
            RoutingError::Unavailable { .. } => {
                Self::new(Kind::StoreAway, "the store of queues did not answer in time: send the request again")
            }
            RoutingError::Unusable { .. } => {
                Self::new(Kind::StoreAway, "the store of queues cannot be used as it is; see the log of the manager")
            }
        }
    }
}

impl From<get::Error> for Problem {
    fn from(error: get::Error) -> Self {
        match error {
            get::Error::NotFound(_) => Self::new(Kind::NoSuchTask, error.to_string()),
            get::Error::Store(error) => error.into(),
        }
    }
}

impl From<cancel::Error> for Problem {
    fn from(error: cancel::Error) -> Self {
        match error {
            cancel::Error::NotFound(_) => Self::new(Kind::NoSuchTask, error.to_string()),
            cancel::Error::Ended { .. } => Self::new(Kind::WrongState, error.to_string()),
            cancel::Error::Store(error) => error.into(),
        }
    }
}

impl From<ready::Error> for Problem {
    fn from(error: ready::Error) -> Self {
        match error {
            ready::Error::Store(error) => error.into(),
            ready::Error::Routing(error) => error.into(),
        }
    }
}
