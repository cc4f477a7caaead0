//! `/settings` (D13): reading and changing them, who changed what, and that a change is in force.

mod cached;
mod effects;
mod history;
mod read;
mod update;

use serde_json::Value;

use crate::support::{Answer, World};

impl World {
    /// Changes settings as an admin; gives the settings after it.
    pub(crate) async fn set(&self, body: Value) -> Value {
        self.change_settings(&body, &[]).await.expect(200)
    }

    async fn change_settings(&self, body: &Value, headers: &[(&str, &str)]) -> Answer {
        self.call_as("admin", "PATCH", "/settings", Some(body), headers)
            .await
    }
}

/// A setting's value and where it comes from.
fn shown<'a>(settings: &'a Value, name: &str) -> (&'a Value, &'a str) {
    let setting = &settings["settings"][name];
    (&setting["value"], setting["source"].as_str().unwrap())
}
