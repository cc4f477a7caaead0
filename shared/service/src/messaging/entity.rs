//! The things whose history is published: orders, customers and plans.

use uuid::Uuid;

use crate::auth::TenantId;
use crate::store::keys::{self, Key};

/// What kind of thing it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum EntityKind {
    /// An order.
    Order,
    /// A customer.
    Customer,
    /// A procurement plan.
    Plan,
}

impl EntityKind {
    /// Its word.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Order => "order",
            Self::Customer => "customer",
            Self::Plan => "plan",
        }
    }
}

/// A thing whose history is published.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Entity {
    /// Whose it is.
    pub tenant: TenantId,
    /// What it is.
    pub kind: EntityKind,
    /// Which one it is.
    pub id: Uuid,
}

impl Entity {
    /// The entity whose item stands under a key; `None` for every other item of the table.
    pub fn of_key(pk: &str, sk: &str) -> Option<Self> {
        let mut parts = pk.split('#');
        let (Some("T"), Some(tenant), Some(letters), Some(id), None) = (
            parts.next(),
            parts.next(),
            parts.next(),
            parts.next(),
            parts.next(),
        ) else {
            return None;
        };
        let kind = match (letters, sk) {
            ("O", "O") => EntityKind::Order,
            ("C", "C") => EntityKind::Customer,
            ("PL", "P") => EntityKind::Plan,
            _ => return None,
        };
        let tenant = TenantId(Uuid::try_parse(tenant).ok()?);
        Some(Self {
            tenant,
            kind,
            id: Uuid::try_parse(id).ok()?,
        })
    }

    /// The key of its item.
    pub fn key(&self) -> Key {
        match self.kind {
            EntityKind::Order => keys::order(self.tenant, self.id),
            EntityKind::Customer => keys::customer(self.tenant, self.id),
            EntityKind::Plan => keys::plan(self.tenant, self.id),
        }
    }

    /// Its name in the relay's positions. Ids are derived per route or random, so they are enough.
    pub fn name(&self) -> String {
        self.id.to_string()
    }

    /// The key of its relay position.
    pub fn position_key(&self) -> Key {
        keys::relay_position(self.tenant, &self.name())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_kind_is_found_again_by_its_own_key() {
        let (tenant, id) = (TenantId(Uuid::from_u128(7)), Uuid::from_u128(8));
        for kind in [EntityKind::Order, EntityKind::Customer, EntityKind::Plan] {
            let entity = Entity { tenant, kind, id };
            let key = entity.key();
            assert_eq!(Entity::of_key(&key.pk, &key.sk), Some(entity));
        }
    }

    #[test]
    fn other_items_are_no_entities() {
        let (tenant, id) = (TenantId(Uuid::from_u128(7)), Uuid::from_u128(8));
        let others = [
            keys::customer_credit(tenant, id),
            keys::plan_requirement(tenant, id, id, "flour"),
            keys::relay_position(tenant, &id.to_string()),
            keys::alert(tenant, id),
            keys::registered_tenant(tenant),
        ];
        for key in others {
            assert_eq!(Entity::of_key(&key.pk, &key.sk), None, "{key:?}");
        }
    }
}
