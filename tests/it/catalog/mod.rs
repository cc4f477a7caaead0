//! `/catalog`

mod entries;
mod faults;
mod import;
mod sales_history;

use serde_json::Value;

/// `pointer code` of each error, in the order of the answer.
fn faults(problem: &Value) -> Vec<String> {
    let errors = problem["errors"].as_array().unwrap();
    errors
        .iter()
        .map(|error| {
            format!(
                "{} {}",
                error["pointer"].as_str().unwrap(),
                error["code"].as_str().unwrap()
            )
        })
        .collect()
}
