//! A bakery to plan for, built row by row.

use std::collections::BTreeMap;

use chrono::NaiveDate;

use crate::catalog::{
    Catalog, Ingredient, Offer, OpenReceipt, Product, Recipe, RecipeLine, RecipeQuantity, StockLot, Supplier,
};
use crate::decimal::{Percentage, Quantity, UnitPrice};
use crate::planning::{
    DemandDeviation, Exception, ExceptionCode, Forecast, OrderLines, Plan, PlanInput, PlanParameters,
    PlannedReceipt, Requirement, SafetyStockMethod, plan,
};

pub(in crate::planning) fn date(text: &str) -> NaiveDate {
    text.parse().unwrap()
}

pub(in crate::planning) fn quantity(text: &str) -> Quantity {
    Quantity::parse_or_zero(text).unwrap()
}

pub(in crate::planning) fn ingredient(id: &str) -> Ingredient {
    Ingredient {
        id: id.to_owned(),
        name: id.to_owned(),
        unit: "kg".to_owned(),
        ..Ingredient::default()
    }
}

pub(in crate::planning) fn supplier(id: &str) -> Supplier {
    Supplier {
        id: id.to_owned(),
        name: id.to_uppercase(),
        ..Supplier::default()
    }
}

pub(in crate::planning) fn offer(supplier_id: &str, unit_price: &str, lead_time_days: u32) -> Offer {
    Offer {
        supplier_id: supplier_id.to_owned(),
        unit_price: UnitPrice::parse(unit_price).unwrap(),
        lead_time_days: Some(lead_time_days),
        ..Offer::default()
    }
}

pub(in crate::planning) fn lot(id: &str, amount: &str, expires_on: Option<&str>) -> StockLot {
    StockLot {
        lot_id: id.to_owned(),
        quantity: quantity(amount),
        expires_on: expires_on.map(date),
    }
}

pub(in crate::planning) fn open_receipt(reference: &str, day: &str, amount: &str) -> OpenReceipt {
    OpenReceipt {
        reference: reference.to_owned(),
        date: date(day),
        quantity: quantity(amount),
    }
}

/// A product whose lines have no waste.
pub(in crate::planning) fn product(id: &str, yield_quantity: &str, lines: &[(&str, &str)]) -> Product {
    let lines: Vec<(&str, &str, &str)> = lines.iter().map(|(item, amount)| (*item, *amount, "0")).collect();
    product_with(id, yield_quantity, 0, &lines)
}

fn product_with(id: &str, yield_quantity: &str, lead_days: u32, lines: &[(&str, &str, &str)]) -> Product {
    Product {
        id: id.to_owned(),
        name: id.to_owned(),
        unit: "piece".to_owned(),
        recipe: Some(Recipe {
            yield_quantity: quantity(yield_quantity),
            lead_days,
            lines: lines
                .iter()
                .map(|(item, amount, waste)| RecipeLine {
                    item_id: (*item).to_owned(),
                    quantity: RecipeQuantity::parse(amount).unwrap(),
                    waste_percentage: Percentage::parse(waste).unwrap(),
                })
                .collect(),
        }),
        ..Product::default()
    }
}

/// A plan input under construction: no safety stock, a default lead time of 3 days, today the start.
pub(in crate::planning) struct Bakery(PlanInput);

impl Bakery {
    pub(in crate::planning) fn new(start: &str, horizon_days: u16) -> Self {
        Self(PlanInput {
            start: date(start),
            horizon_days,
            today: date(start),
            order_demand: OrderLines::default(),
            overdue_orders: Vec::new(),
            forecast: Vec::new(),
            catalog: Catalog::default(),
            parameters: PlanParameters {
                safety_stock_percentage: Percentage::ZERO,
                ..PlanParameters::default()
            },
            planned_receipts: Vec::new(),
            demand_deviation: Vec::new(),
            safety_stock_overrides: BTreeMap::new(),
        })
    }

    pub(in crate::planning) fn today(mut self, today: &str) -> Self {
        self.0.today = date(today);
        self
    }

    pub(in crate::planning) fn safety_stock(mut self, percentage: &str) -> Self {
        self.0.parameters.safety_stock_percentage = Percentage::parse(percentage).unwrap();
        self
    }

    /// Another method of safety stock than percentage.
    pub(in crate::planning) fn safety_stock_method(mut self, method: SafetyStockMethod) -> Self {
        self.0.parameters.safety_stock_method = method;
        self
    }

    pub(in crate::planning) fn safety_stock_override(mut self, ingredient: &str, amount: &str) -> Self {
        let overrides = &mut self.0.safety_stock_overrides;
        overrides.insert(ingredient.to_owned(), quantity(amount));
        self
    }

    pub(in crate::planning) fn deviation(mut self, product: &str, amount: &str) -> Self {
        self.0.demand_deviation.push(DemandDeviation {
            product_id: product.to_owned(),
            standard_deviation: quantity(amount),
        });
        self
    }

    pub(in crate::planning) fn ingredient(mut self, id: &str, set: impl FnOnce(&mut Ingredient)) -> Self {
        let mut row = ingredient(id);
        set(&mut row);
        self.0.catalog.ingredients.insert(id.to_owned(), row);
        self
    }

    pub(in crate::planning) fn supplier(mut self, id: &str, set: impl FnOnce(&mut Supplier)) -> Self {
        let mut row = supplier(id);
        set(&mut row);
        self.0.catalog.suppliers.insert(id.to_owned(), row);
        self
    }

    pub(in crate::planning) fn product(mut self, row: Product) -> Self {
        self.0.catalog.products.insert(row.id.clone(), row);
        self
    }

    /// Lines are item, quantity and waste.
    pub(in crate::planning) fn product_with(
        self,
        id: &str,
        yield_quantity: &str,
        lead_days: u32,
        lines: &[(&str, &str, &str)],
    ) -> Self {
        self.product(product_with(id, yield_quantity, lead_days, lines))
    }

    pub(in crate::planning) fn order(
        mut self,
        order: &str,
        line: u16,
        product: &str,
        day: &str,
        amount: &str,
    ) -> Self {
        self.0
            .order_demand
            .push(order, line, product, date(day), quantity(amount));
        self
    }

    pub(in crate::planning) fn forecast(mut self, product: &str, day: &str, amount: &str) -> Self {
        self.0.forecast.push(Forecast {
            product_id: product.to_owned(),
            date: date(day),
            quantity: quantity(amount),
        });
        self
    }

    pub(in crate::planning) fn overdue_order(mut self, order: &str) -> Self {
        self.0.overdue_orders.push(order.to_owned());
        self
    }

    /// What a plan decided to buy, taken over as if it had been approved.
    pub(in crate::planning) fn approved(mut self, plan_number: &str, plan: &Plan) -> Self {
        let receipts = plan.requirements.iter().filter_map(|requirement| {
            Some(PlannedReceipt {
                plan_number: plan_number.to_owned(),
                ingredient_id: requirement.ingredient_id.clone(),
                date: requirement.expected_receipt_date?,
                quantity: requirement.order_quantity,
            })
        });
        self.0.planned_receipts.extend(receipts);
        self
    }

    pub(in crate::planning) fn input(self) -> PlanInput {
        self.0
    }

    pub(in crate::planning) fn plan(&self) -> Plan {
        plan(&self.0).unwrap()
    }

    /// The requirement of an ingredient that must be in the plan.
    pub(in crate::planning) fn requirement(&self, ingredient: &str) -> Requirement {
        let plan = self.plan();
        let mut requirements = plan.requirements.into_iter();
        requirements.find(|row| row.ingredient_id == ingredient).unwrap()
    }
}

/// The same lines with other quantities.
pub(in crate::planning) fn with_changed_quantities(
    lines: &OrderLines,
    change: &dyn Fn(&mut Quantity),
) -> OrderLines {
    let changed = lines.iter().map(|mut line| {
        change(&mut line.quantity);
        line
    });
    changed.collect()
}

/// The kinds of exception of a requirement, in order.
pub(in crate::planning) fn codes(requirement: &Requirement) -> Vec<ExceptionCode> {
    requirement
        .exceptions
        .iter()
        .map(|exception| exception.code)
        .collect()
}

/// The one exception of a kind.
pub(in crate::planning) fn only(requirement: &Requirement, code: ExceptionCode) -> Exception {
    let mut found = requirement
        .exceptions
        .iter()
        .filter(|exception| exception.code == code);
    let exception = found.next().unwrap().clone();
    assert_eq!(found.next(), None, "one {code:?}");
    exception
}
