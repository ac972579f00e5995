use serde::{Deserialize, Serialize};

use super::send::Repeat;
use super::{Client, Error, Json, Sent};

/// A named set of queues, which the workers of this role consume.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
pub struct Role {
    #[serde(rename = "role")]
    pub name: String,
    /// By name.
    pub queues: Vec<String>,
}

/// All roles.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
pub struct Roles {
    /// By name.
    #[serde(rename = "details")]
    pub roles: Vec<Role>,
}

/// A role whose processes were told to look at queues and roles anew.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
pub struct Refreshed {
    pub role: String,
    /// Another one each time.
    pub refresh_tag: String,
}

#[derive(Serialize)]
struct NewRole<'r> {
    name: &'r str,
    queues: &'r [String],
}

impl Client {
    /// All roles with their queues.
    pub async fn roles(&self) -> Result<Sent<Roles>, Error> {
        self.call(self.http.get(self.at(&["roles"])).query(&[("details", true)]), Repeat::Safe).await
    }

    /// One role with its queues.
    pub async fn role(&self, name: &str) -> Result<Sent<Role>, Error> {
        self.call(self.http.get(self.at(&["roles", name])), Repeat::Safe).await
    }

    /// Creates a role, unless there is one of this name.
    pub async fn create_role(&self, name: &str, queues: &[String]) -> Result<Sent<Role>, Error> {
        let request = self.http.post(self.at(&["roles"])).json(&NewRole { name, queues });
        let (answer, repeated) = self.call_counted(request, Repeat::Safe).await;
        match answer {
            // It may be this one, by the call before.
            Err(error) if repeated && error.problem().is_some_and(|problem| problem.status == 409) => {
                let now = self.role(name).await?;
                let same = queues.iter().all(|queue| now.queues.contains(queue))
                    && now.queues.iter().all(|queue| queues.contains(queue));
                if same { Ok(now) } else { Err(error) }
            }
            answer => answer,
        }
    }

    /// Gives a role other queues.
    pub async fn change_role(&self, name: &str, queues: &[String]) -> Result<Sent<Role>, Error> {
        self.call(self.http.put(self.at(&["roles", name])).json(queues), Repeat::Safe).await
    }

    /// Deletes a role. Its workers run what they have, and claim nothing more.
    pub async fn delete_role(&self, name: &str) -> Result<Json, Error> {
        self.call(self.http.delete(self.at(&["roles", name])), Repeat::Asked).await
    }

    /// Lets every process read queues and roles again. A change reaches them without this.
    pub async fn refresh_role(&self, name: &str) -> Result<Sent<Refreshed>, Error> {
        self.call(self.http.post(self.at(&["roles", name, "refresh"])), Repeat::Safe).await
    }
}
