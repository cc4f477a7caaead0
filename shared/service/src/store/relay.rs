//! How far the relay has published each entity's history, and which entities it could not publish.

use std::collections::HashMap;

use chrono::{DateTime, Utc};
use futures_util::future::try_join_all;
use uuid::Uuid;

use super::keys;
use super::record::{Item, number, text};
use super::{StoreError, TenantStore, failure, n, s};

/// What is known of an entity's publishing; the default is that of an entity of which nothing is published yet.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Position {
    /// The last sequence that is known to be published (`to`).
    pub published_to: u64,
    /// The hash of the audit row of that sequence (`ah`): the next one follows it. Only orders have one.
    pub audit_head: Option<String>,
    /// There when a further try did not help.
    pub quarantine: Option<Quarantine>,
}

/// The mark of an entity that cannot be published as it is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Quarantine {
    /// Since when, in milliseconds (`qz`).
    pub since_millis: i64,
    /// What stands in the way, without data (`qc`).
    pub cause: String,
}

impl Position {
    /// Reads a position item; no item means that nothing is published yet.
    ///
    /// # Errors
    /// [`StoreError::Corrupt`] when it is negative.
    pub fn of(item: Option<&Item>) -> Result<Self, StoreError> {
        let Some(item) = item else {
            return Ok(Self::default());
        };
        let published_to = u64::try_from(number(item, "to").unwrap_or(0))
            .map_err(|_| StoreError::Corrupt("a relay position is negative".into()))?;
        Ok(Self {
            published_to,
            audit_head: text(item, "ah").map(str::to_owned),
            quarantine: Quarantine::of(item),
        })
    }
}

impl Quarantine {
    /// Reads the mark off a position item, whatever else stands in it.
    pub fn of(item: &Item) -> Option<Self> {
        Some(Self {
            since_millis: number(item, "qz")?,
            cause: text(item, "qc").unwrap_or_default().to_owned(),
        })
    }
}

impl TenantStore<'_> {
    /// What is known of an entity's publishing, as of now.
    ///
    /// # Errors
    /// [`StoreError`]
    pub async fn relay_position(&self, entity: &str) -> Result<Position, StoreError> {
        let item = self.get_item(&keys::relay_position(self.tenant, entity)).await?;
        Position::of(item.as_ref())
    }

    /// The last sequence of an entity that is known to be published; 0 when none is.
    ///
    /// # Errors
    /// [`StoreError`]
    pub async fn published_to(&self, entity: &str) -> Result<u64, StoreError> {
        Ok(self.relay_position(entity).await?.published_to)
    }

    /// Every position of the tenant whose entity's id ends with a digit, by id. The reads are eventually consistent, at
    /// half the price: a position that is older than it should be makes the relay look again, and find nothing to do.
    /// Also gives what was read, in bytes.
    ///
    /// # Errors
    /// [`StoreError`]
    pub async fn relay_positions(&self, digit: char) -> Result<(HashMap<Uuid, Position>, usize), StoreError> {
        let (mut found, mut bytes, mut start) = (HashMap::new(), 0, None);
        loop {
            let request = self
                .store
                .client
                .query()
                .table_name(&self.store.table)
                .key_condition_expression("pk = :pk")
                .expression_attribute_values(":pk", s(keys::relay_positions(self.tenant, digit)))
                .set_exclusive_start_key(start.take());
            let page = request.send().await.map_err(|error| failure("Query", &error))?;
            for item in page.items.unwrap_or_default() {
                bytes += super::record::size_bytes(&item);
                let id = text(&item, "sk").and_then(|id| Uuid::try_parse(id).ok());
                // What does not parse is left out: the relay meets it, and says so.
                if let (Some(id), Ok(position)) = (id, Position::of(Some(&item))) {
                    found.insert(id, position);
                }
            }
            start = page.last_evaluated_key.filter(|key| !key.is_empty());
            if start.is_none() {
                return Ok((found, bytes));
            }
        }
    }

    /// Every position of the tenant, read as [`Self::relay_positions`] does.
    ///
    /// # Errors
    /// [`StoreError`]
    pub async fn all_relay_positions(&self) -> Result<HashMap<Uuid, Position>, StoreError> {
        let digits = keys::RELAY_POSITION_DIGITS.chars();
        let parts = try_join_all(digits.map(|digit| self.relay_positions(digit))).await?;
        Ok(parts.into_iter().flat_map(|(part, _)| part).collect())
    }

    /// Moves an entity's position forward, with the audit hash of where it moves to; a position that is already further on
    /// stays. One that stands there without a hash gets it.
    ///
    /// # Errors
    /// [`StoreError`]
    pub async fn advance_published(
        &self,
        entity: &str,
        to: u64,
        audit_head: Option<&str>,
    ) -> Result<(), StoreError> {
        let key = keys::relay_position(self.tenant, entity);
        let mut request = self
            .store
            .client
            .update_item()
            .table_name(&self.store.table)
            .key("pk", s(key.pk))
            .key("sk", s(key.sk))
            .expression_attribute_names("#to", "to")
            .expression_attribute_values(":to", n(to))
            .expression_attribute_values(":k", s("E"));
        request = match audit_head {
            None => request
                .update_expression("SET #to = :to, k = :k")
                .condition_expression("attribute_not_exists(#to) OR #to < :to"),
            Some(head) => request
                .update_expression("SET #to = :to, k = :k, ah = :ah")
                .condition_expression(
                    "attribute_not_exists(#to) OR #to < :to OR (#to = :to AND attribute_not_exists(ah))",
                )
                .expression_attribute_values(":ah", s(head)),
        };
        done_or_overtaken(request.send().await)
    }

    /// Marks an entity that cannot be published as it is. The first mark's time stays, the latest cause is kept.
    ///
    /// # Errors
    /// [`StoreError`]
    pub async fn quarantine_entity(
        &self,
        entity: &str,
        at: DateTime<Utc>,
        cause: &str,
    ) -> Result<(), StoreError> {
        let key = keys::relay_position(self.tenant, entity);
        let request = self
            .store
            .client
            .update_item()
            .table_name(&self.store.table)
            .key("pk", s(key.pk))
            .key("sk", s(key.sk))
            .update_expression("SET qz = if_not_exists(qz, :at), qc = :cause, k = :k")
            .expression_attribute_values(":at", n(at.timestamp_millis()))
            .expression_attribute_values(":cause", s(cause))
            .expression_attribute_values(":k", s("E"));
        let marked = request.send().await;
        marked.map(|_| ()).map_err(|error| failure("UpdateItem", &error))
    }

    /// Takes the mark away again.
    ///
    /// # Errors
    /// [`StoreError`]
    pub async fn release_entity(&self, entity: &str) -> Result<(), StoreError> {
        let key = keys::relay_position(self.tenant, entity);
        let request = self
            .store
            .client
            .update_item()
            .table_name(&self.store.table)
            .key("pk", s(key.pk))
            .key("sk", s(key.sk))
            .update_expression("REMOVE qz, qc")
            .condition_expression("attribute_exists(qz)");
        done_or_overtaken(request.send().await)
    }
}

type Updated = Result<
    aws_sdk_dynamodb::operation::update_item::UpdateItemOutput,
    aws_sdk_dynamodb::error::SdkError<aws_sdk_dynamodb::operation::update_item::UpdateItemError>,
>;

/// A condition that failed means that somebody else has been here.
fn done_or_overtaken(outcome: Updated) -> Result<(), StoreError> {
    match outcome {
        Ok(_) => Ok(()),
        Err(error)
            if error
                .as_service_error()
                .is_some_and(|e| e.is_conditional_check_failed_exception()) =>
        {
            Ok(())
        }
        Err(error) => Err(failure("UpdateItem", &error)),
    }
}
