use std::ops::Deref;

use serde::de::{DeserializeOwned, Error as _};
use serde::{Deserialize, Deserializer};

use super::Json;

/// An answer with the text that it was read from, which may say more than this client knows.
#[derive(Debug, Clone, PartialEq)]
pub struct Sent<T> {
    pub value: T,
    pub json: Json,
}

impl<T> Deref for Sent<T> {
    type Target = T;

    fn deref(&self) -> &T {
        &self.value
    }
}

impl<'de, T: DeserializeOwned> Deserialize<'de> for Sent<T> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let json = Json::deserialize(deserializer)?;
        let value = json.read().map_err(D::Error::custom)?;
        Ok(Self { value, json })
    }
}
