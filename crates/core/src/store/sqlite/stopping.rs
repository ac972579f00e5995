//! Attempts that were taken away from a worker that lives: their code may still run, so each keeps its place.

use super::batch::Batch;
use super::job::Tx;
use super::row::{Columns as _, millis, number};
use super::trouble::Result;
use crate::model::{TaskId, Timestamp, Token};

static PUT: Batch = Batch::new(include_str!("sql/stopping_put.sql"), 4);
static RENEW: Batch = Batch::new(include_str!("sql/stopping_renew.sql"), 2);
static END: Batch = Batch::new(include_str!("sql/stopping_end.sql"), 2);

/// An attempt that has just been taken away.
#[derive(Debug, Clone, Copy)]
pub(super) struct Taken {
    pub(super) id: TaskId,
    pub(super) token: Token,
    pub(super) lane: i64,
    /// Of the lease that it was under.
    pub(super) deadline: Timestamp,
}

/// From here on these attempts have their places as such.
pub(super) async fn put(tx: &mut Tx<'_>, taken: &[Taken]) -> Result<()> {
    if taken.is_empty() {
        return Ok(());
    }
    let mut statement = PUT.of(taken.len());
    for Taken { id, token, lane, deadline } in taken {
        statement.bind(&id.to_bytes()[..]).bind(number(token.to_bytes())).bind(*lane).bind(millis(*deadline));
        tx.effects.places.push((*lane, 1));
    }
    statement.run(tx.db).await?;
    Ok(())
}

/// The worker has these still: their leases hold until then, also one that has ended meanwhile.
pub(super) async fn renew(tx: &mut Tx<'_>, attempts: &[(TaskId, Token)], deadline: Timestamp) -> Result<()> {
    if attempts.is_empty() {
        return Ok(());
    }
    let mut statement = RENEW.of(attempts.len());
    statement.bind(millis(deadline));
    for (id, token) in attempts {
        statement.bind(&id.to_bytes()[..]).bind(number(token.to_bytes()));
    }
    statement.run(tx.db).await?;
    Ok(())
}

/// The code of these has stopped: their places are free.
pub(super) async fn end(tx: &mut Tx<'_>, attempts: &[(TaskId, Token)]) -> Result<()> {
    if attempts.is_empty() {
        return Ok(());
    }
    let mut statement = END.of(attempts.len());
    for (id, token) in attempts {
        statement.bind(&id.to_bytes()[..]).bind(number(token.to_bytes()));
    }
    for row in statement.rows(tx.db).await? {
        // The place of one whose lease was over has been free before.
        if row.time("deadline")? > tx.now {
            tx.effects.places.push((row.integer("lane")?, -1));
        }
    }
    Ok(())
}
