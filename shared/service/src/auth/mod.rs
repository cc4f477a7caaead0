//! Who is calling and what they may do. A [`Grant`] is the only way to a tenant's data, and only [`Grant::authorise`] and
//! [`Grant::for_background_work`] make one: forgetting the check does not compile. Business rules want an [`Access`], which
//! is a grant with the tenant's settings: forgetting to read them does not compile either.

#[cfg(test)]
mod issuer_tests;
mod jwks;
mod token;

use std::ops::Deref;
use std::sync::Arc;

use orders_domain::permissions::{Action, Role, permits};
use uuid::Uuid;

pub use token::{Principal, TokenVerifier};

use crate::problem::{Problem, ProblemCode};
use crate::settings::Settings;

/// A tenant's id.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct TenantId(pub Uuid);

impl std::fmt::Display for TenantId {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        self.0.fmt(f)
    }
}

/// Who made a change, as the history keeps it.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
pub struct Actor {
    /// The token's `sub`, or the function's name for background work.
    #[serde(rename = "u")]
    pub user_id: String,
    /// The token's `name`.
    #[serde(rename = "n", default, skip_serializing_if = "Option::is_none")]
    pub name: Option<String>,
    /// The role in force; `super_admin` when the platform role opened the door (D11).
    #[serde(rename = "r")]
    pub role: String,
}

/// Proof that a caller may do an action in a tenant.
#[derive(Debug, Clone)]
pub struct Grant {
    tenant: TenantId,
    role: Role,
    actor: Actor,
}

/// A grant, and the settings of its tenant that are in force for one request or message (D13). Made by
/// [`crate::app::App::enter`].
#[derive(Debug, Clone)]
pub struct Access {
    grant: Grant,
    settings: Arc<Settings>,
}

impl Access {
    pub(crate) fn new(grant: Grant, settings: Arc<Settings>) -> Self {
        Self { grant, settings }
    }

    /// The settings in force: the same from the request's beginning to its end.
    pub fn settings(&self) -> &Settings {
        &self.settings
    }
}

impl Deref for Access {
    type Target = Grant;

    fn deref(&self) -> &Grant {
        &self.grant
    }
}

impl Grant {
    /// Checks a verified caller against a tenant and an action (D11, D12).
    ///
    /// # Errors
    /// 403 `tenant-access-denied` when the token does not name the tenant, whether or not it exists;
    /// 403 `permission-denied` when the role does not allow the action.
    pub fn authorise(principal: &Principal, tenant: TenantId, action: Action) -> Result<Self, Problem> {
        let (role, shown) = match (principal.role_in(tenant), principal.is_super_admin()) {
            (_, true) => (Role::Owner, "super_admin"),
            (Some(role), false) => (role, role.as_str()),
            (None, false) => {
                return Err(Problem::new(
                    ProblemCode::TenantAccessDenied,
                    "The token names no role in this tenant.",
                ));
            }
        };
        let actor = Actor {
            user_id: principal.subject().to_owned(),
            name: principal.name().map(str::to_owned),
            role: shown.to_owned(),
        };
        let grant = Self { tenant, role, actor };
        grant.require(action)?;
        Ok(grant)
    }

    /// The grant of a background function, which no caller triggers directly.
    pub fn for_background_work(tenant: TenantId, function: &str) -> Self {
        let actor = Actor {
            user_id: function.to_owned(),
            name: None,
            role: "system".into(),
        };
        Self {
            tenant,
            role: Role::Owner,
            actor,
        }
    }

    /// A further action that the request turned out to need.
    ///
    /// # Errors
    /// 403 `permission-denied`.
    pub fn require(&self, action: Action) -> Result<(), Problem> {
        if permits(self.role, action) {
            Ok(())
        } else {
            Err(self.denied())
        }
    }

    /// The 403 for this caller.
    pub fn denied(&self) -> Problem {
        Problem::new(
            ProblemCode::PermissionDenied,
            format!("The role {} does not allow this.", self.role.as_str()),
        )
    }

    /// The tenant.
    pub fn tenant(&self) -> TenantId {
        self.tenant
    }

    /// The role in force.
    pub fn role(&self) -> Role {
        self.role
    }

    /// Who is acting.
    pub fn actor(&self) -> &Actor {
        &self.actor
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_tenant_that_the_token_does_not_name_is_denied() {
        // D11
        let mine = TenantId(Uuid::from_u128(1));
        let principal = Principal::for_tests("u", &[(mine.0, Role::Viewer)], false);
        assert!(Grant::authorise(&principal, mine, Action::Read).is_ok());
        let foreign = Grant::authorise(&principal, TenantId(Uuid::from_u128(2)), Action::Read).unwrap_err();
        assert_eq!(foreign.code, ProblemCode::TenantAccessDenied);
        let action = Grant::authorise(&principal, mine, Action::WriteOrders).unwrap_err();
        assert_eq!(action.code, ProblemCode::PermissionDenied);
    }

    #[test]
    fn a_super_admin_acts_everywhere_and_the_actor_says_so() {
        // D11
        let principal = Principal::for_tests("root", &[], true);
        let grant =
            Grant::authorise(&principal, TenantId(Uuid::from_u128(2)), Action::ChangeSettings).unwrap();
        assert_eq!(grant.actor().role, "super_admin");
    }
}
