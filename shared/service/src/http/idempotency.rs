//! Idempotency-Key (D7): the id of what a POST creates follows from the key, so a repeat finds what the first attempt
//! made. There is no store of keys, no lease and no window in which a crash could lose one.

use uuid::Uuid;

use super::json::Json;
use crate::app::App;
use crate::auth::TenantId;
use crate::keyring::derived_id;
use crate::problem::{Problem, ProblemCode};

/// The identity a creating request gives to its record.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Identity {
    /// The record's id.
    pub id: Uuid,
    /// The keyed hash of the body when a key was sent: only then can a repeat be recognised.
    pub body_hash: Option<String>,
}

impl Identity {
    /// The identity of a request. A key counts within its scope: the function, and for what is made inside another record
    /// that record as well.
    ///
    /// # Errors
    /// 400 when the key is malformed, or required and missing.
    pub fn of(
        app: &App,
        tenant: TenantId,
        scope: &[&str],
        key: Option<&str>,
        required: bool,
        body: &Json,
    ) -> Result<Self, Problem> {
        let Some(key) = key else {
            if required {
                return Err(Problem::new(
                    ProblemCode::IdempotencyKeyRequired,
                    "Send an Idempotency-Key header: 1 to 255 visible ASCII characters.",
                ));
            }
            return Ok(Self {
                id: app.ids().fresh(),
                body_hash: None,
            });
        };
        if key.is_empty() || key.len() > 255 || !key.bytes().all(|byte| byte.is_ascii_graphic()) {
            return Err(Problem::new(
                ProblemCode::InvalidHeader,
                "An Idempotency-Key is 1 to 255 visible ASCII characters.",
            ));
        }
        let mut canonical = Vec::new();
        body.write_canonical(&mut canonical);
        let tenant = tenant.to_string();
        Ok(Self {
            id: derived_id(&[&[tenant.as_str()], scope, &[key]].concat()),
            body_hash: Some(app.keyring().body_hash(&canonical)),
        })
    }

    /// Whether a record that stands under this id was made by this very request.
    ///
    /// # Errors
    /// 422 `idempotency-key-reused` when it was made by another body.
    pub fn matches(&self, stored: Option<&str>) -> Result<(), Problem> {
        if self.body_hash.is_some() && self.body_hash.as_deref() == stored {
            Ok(())
        } else {
            Err(Problem::new(
                ProblemCode::IdempotencyKeyReused,
                "This Idempotency-Key was used before with another body.",
            ))
        }
    }
}
