//! A customer at rest, its credit and the guards of its unique values.

use std::collections::BTreeMap;

use aws_sdk_dynamodb::types::Update;
use chrono::serde::{ts_milliseconds, ts_milliseconds_option};
use chrono::{DateTime, NaiveDate, Utc};
use orders_domain::decimal::{Money, Percentage};
use orders_domain::order_status::DeliveryMethod;
use orders_domain::payments::PaymentTerms;
use serde::{Deserialize, Serialize};
use uuid::Uuid;

pub use super::credit::Credit;
use super::customer_guards::guard;
pub use super::customer_guards::{GuardChange, UniqueValue};
pub use super::customer_parts::{CustomerChange, DeliveryPreferences, ErasureMark, PriceTier};
pub use super::folding::fold;
use super::folding::sorted;
use super::keys::{self, Key, Keys};
use super::orders::{Address, Communication, is_none_yet};
use super::record::{IndexRow, Record, Versioned, from_item, text, to_item};
use super::{StoreError, TenantStore, TransactionOp, failure, n, s};
use crate::auth::{Actor, TenantId};
use crate::words::{CustomerType, Segment};

/// A customer.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[expect(missing_docs, reason = "the fields are those of SPEC §4, under their names")]
pub struct Customer {
    pub id: Uuid,
    #[serde(rename = "ver")]
    pub version: u64,
    #[serde(rename = "wid")]
    pub write_id: Uuid,
    #[serde(rename = "r")]
    pub row: CustomerRow,
    #[serde(rename = "b")]
    pub body: CustomerBody,
}

/// What a list shows of a customer.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[expect(missing_docs, reason = "the fields are those of SPEC §4, under their names")]
pub struct CustomerRow {
    #[serde(rename = "co")]
    pub customer_code: String,
    #[serde(rename = "n")]
    pub name: String,
    #[serde(rename = "bn", default, skip_serializing_if = "Option::is_none")]
    pub business_name: Option<String>,
    #[serde(rename = "t")]
    pub customer_type: CustomerType,
    #[serde(rename = "e", default, skip_serializing_if = "Option::is_none")]
    pub email: Option<String>,
    #[serde(rename = "ph", default, skip_serializing_if = "Option::is_none")]
    pub phone: Option<String>,
    #[serde(rename = "ac")]
    pub is_active: bool,
    #[serde(rename = "oh")]
    pub on_hold: bool,
    #[serde(rename = "sg")]
    pub segment: Segment,
    #[serde(rename = "ca", with = "ts_milliseconds")]
    pub created_at: DateTime<Utc>,
    /// Stands here so that reconcile sees it in the index (D34).
    #[serde(rename = "es", default, skip_serializing_if = "Option::is_none")]
    pub erasure: Option<ErasureMark>,
}

/// The rest of a customer.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[expect(missing_docs, reason = "the fields are those of SPEC §4, under their names")]
pub struct CustomerBody {
    #[serde(rename = "ad", default, skip_serializing_if = "Option::is_none")]
    pub address: Option<Address>,
    #[serde(rename = "ti", default, skip_serializing_if = "Option::is_none")]
    pub tax_id: Option<String>,
    #[serde(rename = "te")]
    pub tax_exempt: bool,
    #[serde(rename = "hr", default, skip_serializing_if = "Option::is_none")]
    pub on_hold_reason: Option<String>,
    #[serde(rename = "pt")]
    pub payment_terms: PaymentTerms,
    #[serde(rename = "cl", default, skip_serializing_if = "Option::is_none")]
    pub credit_limit: Option<Money>,
    #[serde(rename = "dp")]
    pub discount_percentage: Percentage,
    #[serde(rename = "dm", default, skip_serializing_if = "Option::is_none")]
    pub preferred_delivery_method: Option<DeliveryMethod>,
    #[serde(rename = "al", default, skip_serializing_if = "Vec::is_empty")]
    pub allergens: Vec<String>,
    #[serde(rename = "sr", default, skip_serializing_if = "Option::is_none")]
    pub special_requirements: Option<String>,
    #[serde(
        rename = "er",
        with = "ts_milliseconds_option",
        default,
        skip_serializing_if = "Option::is_none"
    )]
    pub erased_at: Option<DateTime<Utc>>,
    /// Unit prices by product, each product's tiers by ascending `min_quantity` (D25b).
    #[serde(rename = "pl", default, skip_serializing_if = "BTreeMap::is_empty")]
    pub price_list: BTreeMap<String, Vec<PriceTier>>,
    #[serde(rename = "dl", default, skip_serializing_if = "Option::is_none")]
    pub delivery_preferences: Option<DeliveryPreferences>,
    #[serde(rename = "cm", default, skip_serializing_if = "Option::is_none")]
    pub communication: Option<Communication>,
    #[serde(rename = "bh", default, skip_serializing_if = "Option::is_none")]
    pub body_hash: Option<String>,
    /// The tenant's date on which it was created (D90), so that a later change of the time zone moves no customer.
    #[serde(rename = "cd", default, skip_serializing_if = "Option::is_none")]
    pub created_on: Option<NaiveDate>,
    #[serde(rename = "by")]
    pub created_by: Actor,
    #[serde(rename = "ua", with = "ts_milliseconds")]
    pub updated_at: DateTime<Utc>,
    #[serde(rename = "ub")]
    pub updated_by: Actor,
    /// The newest entries, oldest first; older ones stand in history parts.
    #[serde(rename = "h")]
    pub history: Vec<CustomerChange>,
    /// How many history parts stand beside the customer.
    #[serde(rename = "hp", default, skip_serializing_if = "is_none_yet")]
    pub history_parts: u32,
}

impl Record for Customer {
    const KIND: &'static str = "C";

    fn keys(&self, tenant: TenantId) -> Keys {
        let by_name = sorted(&self.row.name, self.id);
        let by_code = sorted(&self.row.customer_code, self.id);
        let by_email = self.row.email.as_ref().map(|email| sorted(email, self.id));
        Keys {
            primary: keys::customer(tenant, self.id),
            g1: Some(Key::new(keys::customers_by_name(tenant), by_name)),
            // An erased customer has no code.
            g2: (!self.row.customer_code.is_empty())
                .then(|| Key::new(keys::customers_by_code(tenant), by_code)),
            g3: by_email.map(|email| Key::new(keys::customers_by_email(tenant), email)),
        }
    }
}

impl Versioned for Customer {
    fn version(&self) -> u64 {
        self.version
    }
    fn write_id(&self) -> Uuid {
        self.write_id
    }
}

impl Customer {
    /// Whether the customer's personal data is gone, or on its way out (D34): it takes no order and no change any more.
    pub fn is_leaving(&self) -> bool {
        self.row.erasure.is_some() || self.body.erased_at.is_some()
    }

    /// The tenant's date on which it was created (D90); in UTC for one that was created before dates were kept.
    pub fn created_on(&self) -> NaiveDate {
        let created_at = self.row.created_at;
        self.body.created_on.unwrap_or_else(|| created_at.date_naive())
    }

    /// The sequence the next history entry gets.
    pub fn next_sequence(&self) -> u64 {
        self.body.history.last().map_or(1, |entry| entry.sequence + 1)
    }
}

/// What an index gives of a customer.
#[derive(Debug, Clone, PartialEq, Deserialize)]
pub struct CustomerInIndex {
    /// The table's partition key, which holds the id.
    pub pk: String,
    /// The version.
    pub ver: u64,
    /// The row.
    pub r: CustomerRow,
}

impl IndexRow for CustomerInIndex {
    type Of = Customer;
}

impl CustomerInIndex {
    /// The customer's id.
    pub fn id(&self) -> Option<Uuid> {
        self.pk.rsplit('#').next().and_then(|id| Uuid::try_parse(id).ok())
    }
}

/// Why a customer was not created.
#[derive(Debug)]
pub enum CustomerRefused {
    /// The same request had made it before.
    Before(Box<Customer>),
    /// Another customer has the code.
    CodeTaken,
    /// Another customer has the e-mail.
    EmailTaken,
    /// The tenant has as many customers as it may have.
    LimitReached,
}

impl TenantStore<'_> {
    /// Creates a customer with its guards, its place in the count and its credit limit, all or nothing (D30, D31).
    ///
    /// # Errors
    /// [`StoreError`]
    pub async fn insert_customer(
        &self,
        customer: &Customer,
        code_hash: &str,
        email_hash: Option<&str>,
        limit: u32,
    ) -> Result<Result<(), CustomerRefused>, StoreError> {
        let mut ops = vec![
            self.put_op(to_item(self.tenant, customer)?, None)?,
            self.count_customer(limit)?,
            self.put_op(guard(keys::code_guard(self.tenant, code_hash), customer.id), None)?,
        ];
        if let Some(hash) = email_hash {
            ops.push(self.put_op(guard(keys::email_guard(self.tenant, hash), customer.id), None)?);
        }
        if customer.body.credit_limit.is_some() {
            // Last, and without a condition: the reasons of a cancelled transaction are read by position.
            ops.push(self.set_credit_limit_op(customer.id, customer.body.credit_limit)?);
        }
        let Err(cancelled) = self.transact(ops, customer.write_id).await? else {
            return Ok(Ok(()));
        };
        let mut failed = cancelled.failed.into_iter();
        if let Some(Some(Some(existing))) = failed.next() {
            let existing: Customer = from_item(existing)?;
            // "Already mine" wins over every other condition (D7); our own stamp means the first attempt arrived.
            let ours = existing.write_id == customer.write_id;
            return Ok(if ours {
                Ok(())
            } else {
                Err(CustomerRefused::Before(Box::new(existing)))
            });
        }
        let [full, code, email] =
            [failed.next(), failed.next(), failed.next()].map(|f| f.flatten().is_some());
        Ok(Err(match (code, email, full) {
            (true, _, _) => CustomerRefused::CodeTaken,
            (_, true, _) => CustomerRefused::EmailTaken,
            (_, _, true) => CustomerRefused::LimitReached,
            _ => {
                return Err(StoreError::Corrupt(
                    "a transaction was cancelled without a condition".into(),
                ));
            }
        }))
    }

    fn count_customer(&self, limit: u32) -> Result<TransactionOp, StoreError> {
        let key = keys::customer_counter(self.tenant);
        let update = Update::builder()
            .table_name(&self.store.table)
            .key("pk", s(key.pk))
            .key("sk", s(key.sk))
            .update_expression("ADD #count :one SET k = :k")
            .condition_expression("attribute_not_exists(#count) OR #count < :limit")
            .expression_attribute_names("#count", "customers")
            .expression_attribute_values(":one", n(1))
            .expression_attribute_values(":limit", n(limit))
            .expression_attribute_values(":k", s("N"))
            .build()
            .map_err(|error| StoreError::Corrupt(error.to_string()))?;
        Ok(TransactionOp::builder().update(update).build())
    }

    /// Sets the mark of a customer's first order, once, and tells which order holds it (D40).
    ///
    /// # Errors
    /// [`StoreError`]
    pub async fn mark_first_order(&self, customer: Uuid, order: Uuid) -> Result<Option<Uuid>, StoreError> {
        let key = keys::customer_first_order(self.tenant, customer);
        let request = self
            .store
            .client
            .update_item()
            .table_name(&self.store.table)
            .key("pk", s(key.pk))
            .key("sk", s(key.sk))
            .update_expression("SET o = if_not_exists(o, :order), k = :k")
            .expression_attribute_values(":order", s(order))
            .expression_attribute_values(":k", s("F"))
            .return_values(aws_sdk_dynamodb::types::ReturnValue::AllNew);
        let answer = request
            .send()
            .await
            .map_err(|error| failure("UpdateItem", &error))?;
        let attributes = answer.attributes.unwrap_or_default();
        Ok(text(&attributes, "o").and_then(|id| Uuid::try_parse(id).ok()))
    }
}
