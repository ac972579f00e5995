use ulid::Ulid;

use super::{StartError, StoreUrl};
use crate::routing::Routing;
use crate::store::{Incompatible, Store};

/// Checks that both stores belong to the same installation. If only one is new it joins the other's; if both are,
/// they found one. Of several processes that do so at once, the first decides for all.
pub(super) async fn check(tasks: &dyn Store, store: &StoreUrl, routing: &Routing) -> Result<(), StartError> {
    let known = routing.installation().await?;
    let wanted = known.clone().unwrap_or_else(|| Ulid::generate().to_string());
    let store_installation = tasks.belong(&wanted).await?;
    let sql_installation = routing.belong(&store_installation).await?;
    if sql_installation != store_installation {
        return Err(StartError::Incompatible(Incompatible::Installation {
            store: store.to_string(),
            store_installation,
            sql: routing.place().to_owned(),
            sql_installation,
        }));
    }
    if known.is_none() && store_installation != wanted {
        tracing::info!(
            event = "installation_joined",
            installation = store_installation,
            "{} now belongs to the installation of {store}, {store_installation}",
            routing.place()
        );
    }
    Ok(())
}
