use super::codec::arguments::Arguments;
use super::connection::RedisStore;
use super::reply::Reply;
use super::turn;
use crate::model::{RateLimit, TaskId};
use crate::store::{Ahead, Allowance, Result, Standing};

pub(super) async fn standing(store: &RedisStore, id: TaskId, rate: Option<RateLimit>) -> Result<Option<Standing>> {
    let arguments = match rate {
        Some(limit) => Arguments::default().with("rate", turn::rate(limit)),
        None => Arguments::default(),
    };
    let answer = store.step("standing", &store.scripts.standing, arguments, &[id.to_bytes().to_vec()]).await?;
    let mut reply = Reply::new("standing", answer)?;
    if reply.is_empty() {
        return Ok(None);
    }
    let (tasks, exactly) = (reply.number()?, reply.number()? == 1);
    Ok(Some(Standing {
        ahead: if exactly { Ahead::Exactly(tasks) } else { Ahead::About(tasks) },
        of_better_priority: reply.number()?,
        types_in_turn: u32::try_from(reply.number()?).unwrap_or(u32::MAX),
        running_in_queue: reply.number()?,
        running_of_type: reply.number()?,
        allowance: match rate {
            Some(_) => Some(Allowance { left: reply.number()?, next: reply.maybe_time()? }),
            None => None,
        },
    }))
}
