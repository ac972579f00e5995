use std::collections::HashMap;

use super::batch::{Batch, Statement};
use super::job::Tx;
use super::row::{Columns as _, millis};
use super::trouble::{Result, Trouble};
use crate::model::{Fingerprint, IdempotencyKey, NewTask, Status, TaskId};
use crate::store::IDEMPOTENCY_KEPT;

static FIND: Batch = Batch::new(include_str!("sql/idempotency_find.sql"), 1);
static PUT: Batch = Batch::new(include_str!("sql/idempotency_put.sql"), 3);

/// The task that a key stands for.
#[derive(Debug, Clone, Copy)]
pub(super) struct Holder {
    pub(super) id: TaskId,
    pub(super) status: Status,
    pub(super) fingerprint: Fingerprint,
}

/// The tasks that the keys of these submissions stand for already.
pub(super) async fn holders(tx: &mut Tx<'_>, tasks: &[NewTask]) -> Result<HashMap<IdempotencyKey, Holder>> {
    let keys: Vec<IdempotencyKey> = tasks.iter().filter_map(|task| task.idempotency_key).collect();
    let mut holders = HashMap::new();
    if keys.is_empty() {
        return Ok(holders);
    }
    let mut statement = FIND.of(keys.len());
    statement.bind(tx.millis());
    for key in &keys {
        statement.bind(&key[..]);
    }
    for row in statement.rows(tx.db).await? {
        let key = row.blob("key")?;
        let key = IdempotencyKey::try_from(&key[..])
            .map_err(|_| Trouble::Broken(format!("an idempotency key of {} bytes", key.len())))?;
        let holder = Holder { id: row.id()?, status: row.status("status")?, fingerprint: row.fingerprint()? };
        holders.insert(key, holder);
    }
    Ok(holders)
}

/// Remembers for which places keys stand from now on, and forgets twice as many that are old.
pub(super) async fn remember(tx: &mut Tx<'_>, keys: &[(IdempotencyKey, i64)]) -> Result<()> {
    if keys.is_empty() {
        return Ok(());
    }
    let until = millis(tx.now.after(IDEMPOTENCY_KEPT));
    let mut statement = PUT.of(keys.len());
    for (key, place) in keys {
        statement.bind(&key[..]).bind(*place).bind(until);
    }
    statement.run(tx.db).await?;
    let mut sweep = Statement::new(include_str!("sql/idempotency_sweep.sql"));
    let twice = i64::try_from(2 * keys.len()).unwrap_or(i64::MAX);
    sweep.bind(tx.millis()).bind(twice).run(tx.db).await?;
    Ok(())
}
