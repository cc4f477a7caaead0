//! Examples for people and for tests. What requests send is written here by hand, one file per resource; what the
//! service answers is recorded from it (`make examples`), so that an example never shows what is not so.

mod catalog;
mod customers;
mod orders;
mod planning;
mod settings;

use std::sync::LazyLock;

use serde_json::{Map, Value, json};
use utoipa::openapi::RefOr;
use utoipa::openapi::example::{Example, ExampleBuilder};

use crate::http::routes::Route;
use crate::problem::{FieldError, Problem, ProblemCode};

/// The customer that examples speak of.
const CUSTOMER: &str = "0190b6f0-3c5e-7a10-9d42-5f0c8e1b2a01";

/// An example of a body: its name, what it shows, the body.
type Body = (&'static str, &'static str, Value);

/// Answers as the service gave them, by operation.
static ANSWERS: LazyLock<Map<String, Value>> =
    LazyLock::new(|| serde_json::from_str(include_str!("answers.json")).unwrap_or_default());

/// The examples of what a route reads. A test sends each of them.
pub(super) fn of_request(route: &Route) -> impl Iterator<Item = (&'static str, RefOr<Example>)> {
    let bodies = [orders::of, customers::of, settings::of, catalog::of, planning::of];
    let bodies: Vec<Body> = bodies.iter().flat_map(|of| of(route)).collect();
    bodies
        .into_iter()
        .map(|(name, summary, value)| (name, RefOr::T(example(summary, value))))
}

/// The example of what an operation answers, where one is recorded. All good answers of an operation have one shape.
pub(super) fn of_answer(operation_id: &str) -> Option<(&'static str, RefOr<Example>)> {
    let value = ANSWERS.get(operation_id)?;
    Some((
        "recorded",
        RefOr::T(example("As the service answers", value.clone())),
    ))
}

/// The example of a problem.
pub(super) fn of_problem(code: ProblemCode) -> Example {
    let detail = format!("{}.", code.title());
    let mut problem = Problem::new(code, detail.clone());
    if code == ProblemCode::ValidationFailed {
        problem = Problem::fields(vec![
            FieldError {
                pointer: "/name".into(),
                code: ProblemCode::Required,
                detail: "name is required.".into(),
            },
            FieldError {
                pointer: "/colour".into(),
                code: ProblemCode::UnknownField,
                detail: "colour is not a field here.".into(),
            },
        ]);
    }
    let extensions = match code {
        ProblemCode::StaleVersion => json!({"current_version": 4}),
        ProblemCode::InvalidStatusTransition => {
            json!({"current": "delivered", "requested": "pending", "allowed": []})
        }
        ProblemCode::RequirementNotEditable => {
            json!({"plan_status": "approved", "fields": ["order_quantity"]})
        }
        ProblemCode::CreditLimitExceeded => {
            json!({"exposure": "900.00", "credit_limit": "1000.00", "required": "116.77"})
        }
        _ => Value::Null,
    };
    for (name, value) in extensions.as_object().into_iter().flatten() {
        problem = problem.with(name, value.clone());
    }
    example(
        code.title(),
        problem.to_document("01a204ae-125f-703a-b86a-357f16cf7d8a"),
    )
}

fn example(summary: &str, value: Value) -> Example {
    ExampleBuilder::new().summary(summary).value(Some(value)).build()
}
