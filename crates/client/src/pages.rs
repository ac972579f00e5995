use std::collections::VecDeque;

use super::{Client, Error, List, Listing, Sent, Task, TaskPage};

/// Goes through the pages of a list.
///
/// ```no_run
/// # async fn run(client: jobbers_client::Client) -> Result<(), jobbers_client::Error> {
/// use jobbers_client::{Filter, Listing, Status};
///
/// let mut pages = client.pages(Listing::Tasks, Filter::status(Status::Failed));
/// while let Some(task) = pages.next_task().await? {
///     println!("{}: {}", task.id, task.error.unwrap_or_default());
/// }
/// # Ok(())
/// # }
/// ```
#[derive(Debug, Clone)]
pub struct Pages {
    client: Client,
    listing: Listing,
    /// What to ask for next; none if there is nothing more.
    next: Option<List>,
    /// Of the page that was asked for last.
    tasks: VecDeque<Task>,
}

impl Pages {
    pub(super) const fn new(client: Client, listing: Listing, first: List) -> Self {
        Self { client, listing, next: Some(first), tasks: VecDeque::new() }
    }

    /// The next page; none if there was nothing more. After an error the same page is asked for again.
    pub async fn next(&mut self) -> Result<Option<Sent<TaskPage>>, Error> {
        let Some(list) = &self.next else { return Ok(None) };
        let page = self.client.page(self.listing, list).await?;
        self.next = page.next_cursor.clone().map(|cursor| List { cursor: Some(cursor), ..list.clone() });
        Ok(Some(page))
    }

    /// The next task, over all pages; none if there is nothing more.
    pub async fn next_task(&mut self) -> Result<Option<Task>, Error> {
        loop {
            if let Some(task) = self.tasks.pop_front() {
                return Ok(Some(task));
            }
            match self.next().await? {
                Some(page) => self.tasks.extend(page.value.tasks),
                None => return Ok(None),
            }
        }
    }

    /// From now on asks for so many tasks a page, 1 to 1,000.
    pub fn limit(&mut self, tasks: u32) {
        if let Some(list) = &mut self.next {
            list.limit = Some(tasks);
        }
    }

    /// Where the next page begins; none if there is nothing more.
    pub fn cursor(&self) -> Option<&str> {
        self.next.as_ref()?.cursor.as_deref()
    }
}
