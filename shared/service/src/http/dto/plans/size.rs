//! Keeping answers about large plans within what a function may answer: 6 MB.
//!
//! A stored plan is shown in pages of requirements. A simulated one is nowhere to be read again, so it is abridged: what
//! explains a requirement goes before what it says.

use serde::Serialize;

use super::forecast::ForecastView;
use super::requirement::RequirementView;
use crate::problem::Problem;

/// What the requirements of one answer come to at most, in bytes.
const MAX_REQUIREMENT_BYTES: usize = 3_800_000;
/// What the forecasts of one answer come to at most, in bytes.
const MAX_FORECAST_BYTES: usize = 1_200_000;

fn bytes_of(view: &impl Serialize) -> Result<usize, Problem> {
    let text = serde_json::to_vec(view).map_err(|error| Problem::internal(error.to_string()))?;
    // And the comma behind it.
    Ok(text.len() + 1)
}

/// As many requirements as fit into one answer, at least one; whether that are all.
pub(super) fn first_page(all: Vec<RequirementView>) -> Result<(Vec<RequirementView>, bool), Problem> {
    let (mut page, mut bytes) = (Vec::new(), 0);
    let mut rest = all.into_iter();
    for view in rest.by_ref() {
        // Exceptions are told once more with the header.
        bytes += bytes_of(&view)? + bytes_of(&view.exceptions)?;
        if bytes > MAX_REQUIREMENT_BYTES && !page.is_empty() {
            return Ok((page, false));
        }
        page.push(view);
    }
    Ok((page, true))
}

/// Takes away what explains the requirements, kind by kind, until they fit into one answer; tells what was taken.
pub(super) fn abridge(requirements: &mut Vec<RequirementView>) -> Result<Vec<&'static str>, Problem> {
    type Step = (&'static str, fn(&mut RequirementView));
    const STEPS: [Step; 3] = [
        ("pegging", |view| view.pegging.clear()),
        ("schedule", |view| view.schedule.clear()),
        ("explanation", |view| view.explanation.steps.clear()),
    ];
    let fit = |views: &[RequirementView]| {
        let bytes = views
            .iter()
            .map(|view| Ok(bytes_of(view)? + bytes_of(&view.exceptions)?));
        Ok::<_, Problem>(bytes.sum::<Result<usize, Problem>>()? <= MAX_REQUIREMENT_BYTES)
    };
    let mut taken = Vec::new();
    for (name, take) in STEPS {
        if fit(requirements)? {
            return Ok(taken);
        }
        requirements.iter_mut().for_each(take);
        taken.push(name);
    }
    if !fit(requirements)? {
        *requirements = first_page(std::mem::take(requirements))?.0;
        taken.push("requirements");
    }
    Ok(taken)
}

/// The forecasts of one answer: without their days where those would be too many, and no more than fit.
pub(super) fn forecasts(mut all: Vec<ForecastView>) -> Result<Vec<ForecastView>, Problem> {
    let sum = |views: &[ForecastView]| views.iter().map(bytes_of).sum::<Result<usize, Problem>>();
    if sum(&all)? > MAX_FORECAST_BYTES {
        all.iter_mut().for_each(|view| view.days.clear());
    }
    let mut bytes = 0;
    let mut shown = 0;
    for view in &all {
        bytes += bytes_of(view)?;
        if bytes > MAX_FORECAST_BYTES {
            break;
        }
        shown += 1;
    }
    all.truncate(shown);
    Ok(all)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn requirement(id: usize, days: usize, pegs: usize) -> RequirementView {
        let peg = serde_json::json!({"order_id": "o", "line": 1, "product_id": "rye", "quantity": "1.000",
            "date": "2026-12-01"});
        let day = serde_json::json!({"date": "2026-12-01", "gross": "1.000", "receipts": "0.000",
            "projected": "0.000", "net": "1.000", "planned_receipt": "1.000", "planned_release": "0.000"});
        let mut json = serde_json::json!({
            "ingredient_id": format!("i-{id}"), "name": "Flour", "unit": "kg", "gross_requirement": "1.000",
            "order_demand": "1.000", "forecast_demand": "0.000", "safety_stock": "0.000", "on_hand": "0.000",
            "reserved": "0.000", "expiring": "0.000", "scheduled_receipts": "0.000", "available": "0.000",
            "net_requirement": "1.000", "order_quantity": "1.000", "coverage_percentage": "0.00",
            "required_date": null, "order_by_date": null, "expected_receipt_date": null, "lead_time_days": 3,
            "supplier_id": null, "supplier_name": null, "backup_suppliers": [], "supplier_score": null,
            "minimum_order_quantity": "0.000", "pack_size": "1.000", "unit_cost": null, "estimated_cost": null,
            "risk": {"score": "0.00", "level": "low", "factors": []}, "quality_specifications": null,
            "special_requirements": null, "exceptions": [], "status": "pending", "ordered_quantity": "0.000",
            "received_quantity": "0.000", "pegging_count": pegs,
        });
        json["pegging"] = vec![peg; pegs].into();
        json["schedule"] = vec![day; days].into();
        serde_json::from_value(json).unwrap()
    }

    #[test]
    fn a_page_holds_what_fits_and_never_nothing() {
        // D8
        let all: Vec<_> = (0..3_000).map(|id| requirement(id, 14, 0)).collect();
        let (page, whole) = first_page(all.clone()).unwrap();
        assert!(!whole && page.len() > 500 && page.len() < 3_000, "{}", page.len());
        assert!(serde_json::to_vec(&page).unwrap().len() <= MAX_REQUIREMENT_BYTES);
        let (rest, whole) = first_page(all[..500].to_vec()).unwrap();
        assert_eq!((rest.len(), whole), (500, true));
        let giant = requirement(0, 90, 60_000);
        assert_eq!(first_page(vec![giant.clone(), giant]).unwrap().0.len(), 1);
    }

    #[test]
    fn what_explains_goes_before_what_is_said() {
        // D69
        let taken = |count: usize, days: usize, pegs: usize| {
            let mut views: Vec<_> = (0..count).map(|id| requirement(id, days, pegs)).collect();
            let taken = abridge(&mut views).unwrap();
            assert!(serde_json::to_vec(&views).unwrap().len() <= MAX_REQUIREMENT_BYTES + 2);
            (taken, views.len())
        };
        assert_eq!(taken(100, 14, 3), (vec![], 100));
        assert_eq!(taken(100, 14, 600), (vec!["pegging"], 100));
        assert_eq!(taken(2_000, 14, 3), (vec!["pegging", "schedule"], 2_000));
        let (taken, shown) = taken(9_000, 0, 0);
        assert_eq!(taken, ["pegging", "schedule", "explanation", "requirements"]);
        assert!(shown > 2_000, "{shown}");
    }
}
