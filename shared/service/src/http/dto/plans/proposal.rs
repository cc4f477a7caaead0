//! A plan's purchase proposal in answers, as JSON; `proposal_csv` has it as a table.

use chrono::NaiveDate;
use orders_domain::decimal::{Money, Quantity, UnitPrice};
use orders_domain::planning::RequirementStatus;
use orders_domain::procurement::Delivery;
use serde::Serialize;
use utoipa::ToSchema;
use uuid::Uuid;

use super::super::common::{MoneyText, QuantityText, UnitPriceText};
use super::proposal_csv;
use super::requirement_parts::RequirementStatusWord;
use super::status::PlanStatusWord;
use crate::usecases::plans::proposal::{Proposal, ProposalLine, SupplierProposal};
use crate::words::PlanStatus;

/// What to order by a plan, from whom, by when: its requirements of which something is to be bought and which are not
/// cancelled.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = PurchaseProposal)]
pub struct ProposalView {
    /// The plan.
    pub plan_id: Uuid,
    /// Its number.
    #[schema(examples("PLAN-20261201-001"))]
    pub plan_number: String,
    /// Where it stands.
    #[schema(value_type = PlanStatusWord)]
    pub status: PlanStatus,
    /// ISO 4217.
    #[schema(examples("EUR"))]
    pub currency: String,
    /// By id.
    pub suppliers: Vec<SupplierProposalView>,
    /// What nobody offers, by ingredient.
    pub without_supplier: Vec<ProposalLineView>,
    /// What it costs as far as prices are known.
    #[schema(value_type = MoneyText)]
    pub total_cost: Money,
}

/// What to order from one supplier.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = SupplierProposal)]
pub struct SupplierProposalView {
    /// The supplier.
    pub supplier_id: String,
    /// Its name.
    pub supplier_name: String,
    /// The first day to order something.
    pub order_by_date: Option<NaiveDate>,
    /// What it costs as far as prices are known.
    #[schema(value_type = MoneyText)]
    pub total_cost: Money,
    /// By ingredient.
    pub lines: Vec<ProposalLineView>,
}

/// One ingredient to order. Quantities are in `unit`.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = ProposalLine)]
pub struct ProposalLineView {
    /// The ingredient.
    pub ingredient_id: String,
    /// Its name.
    pub name: String,
    /// Unit of all quantities.
    pub unit: String,
    /// What to order in all.
    #[schema(value_type = QuantityText)]
    pub quantity: Quantity,
    /// The least the supplier sells at once.
    #[schema(value_type = QuantityText)]
    pub minimum_order_quantity: Quantity,
    /// Orders are multiples of this.
    #[schema(value_type = QuantityText)]
    pub pack_size: Quantity,
    /// Price of one unit; null when nobody names one.
    #[schema(value_type = Option<UnitPriceText>)]
    pub unit_cost: Option<UnitPrice>,
    /// `quantity · unit_cost`; null when nobody names a price.
    #[schema(value_type = Option<MoneyText>)]
    pub cost: Option<Money>,
    /// The day to order.
    pub order_by_date: Option<NaiveDate>,
    /// The day the first of it is to come.
    pub expected_receipt_date: Option<NaiveDate>,
    /// What is to come when; they add up to the quantity.
    pub deliveries: Vec<DeliveryView>,
    /// What a delivery is checked for.
    pub quality_specifications: Option<String>,
    /// Anything a buyer has to mind.
    pub special_requirements: Option<String>,
    /// Whether it should have been ordered already, and has not been.
    pub is_past_due: bool,
    /// Where the purchase stands.
    #[schema(value_type = RequirementStatusWord)]
    pub status: RequirementStatus,
    /// What was noted about it.
    pub note: Option<String>,
}

/// One delivery.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = ProposedDelivery)]
pub struct DeliveryView {
    /// The day to order it.
    pub order_by_date: Option<NaiveDate>,
    /// The day it is to come.
    pub delivery_date: NaiveDate,
    /// How much is to come.
    #[schema(value_type = QuantityText)]
    pub quantity: Quantity,
}

impl ProposalView {
    /// The answer for a proposal, in the tenant's currency.
    pub fn of(proposal: Proposal, currency: impl ToString) -> Self {
        let lines = proposal.without_supplier.into_iter();
        Self {
            plan_id: proposal.plan.id,
            plan_number: proposal.plan.row.plan_number,
            status: proposal.plan.row.status,
            currency: currency.to_string(),
            suppliers: proposal
                .suppliers
                .into_iter()
                .map(SupplierProposalView::from)
                .collect(),
            without_supplier: lines.map(ProposalLineView::from).collect(),
            total_cost: proposal.total_cost,
        }
    }

    /// The same as a table: RFC 4180, a header and one row for each line.
    pub fn to_csv(&self) -> String {
        proposal_csv::table(self)
    }
}

impl From<SupplierProposal> for SupplierProposalView {
    fn from(supplier: SupplierProposal) -> Self {
        Self {
            order_by_date: supplier.order_by_date(),
            supplier_id: supplier.supplier_id,
            supplier_name: supplier.supplier_name,
            total_cost: supplier.total_cost,
            lines: supplier.lines.into_iter().map(ProposalLineView::from).collect(),
        }
    }
}

impl From<ProposalLine> for ProposalLineView {
    fn from(line: ProposalLine) -> Self {
        let requirement = line.requirement;
        Self {
            ingredient_id: requirement.ingredient_id,
            name: requirement.name,
            unit: requirement.unit,
            quantity: requirement.order_quantity,
            minimum_order_quantity: requirement.minimum_order_quantity,
            pack_size: requirement.pack_size,
            unit_cost: requirement.unit_cost,
            cost: line.cost,
            order_by_date: requirement.order_by_date,
            expected_receipt_date: requirement.expected_receipt_date,
            deliveries: line.deliveries.into_iter().map(DeliveryView::from).collect(),
            quality_specifications: requirement.quality_specifications,
            special_requirements: requirement.special_requirements,
            is_past_due: line.is_past_due,
            status: requirement.status,
            note: line.note,
        }
    }
}

impl From<Delivery> for DeliveryView {
    fn from(delivery: Delivery) -> Self {
        Self {
            order_by_date: delivery.order_by_date,
            delivery_date: delivery.delivery_date,
            quantity: delivery.quantity,
        }
    }
}
