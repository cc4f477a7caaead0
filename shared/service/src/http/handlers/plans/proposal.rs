//! `GET /procurement/plans/{plan_id}/purchase-proposal`

use http::header::{CONTENT_DISPOSITION, VARY};

use crate::app::App;
use crate::http::accept::choose;
use crate::http::dto::plans::ProposalView;
use crate::http::endpoint::{Call, Endpoint, endpoint};
use crate::http::reply::Reply;
use crate::http::routes;
use crate::problem::{Problem, ProblemCode};
use crate::usecases::plans::proposal::proposal;

/// The endpoint.
pub const ENDPOINT: Endpoint = endpoint!(routes::PURCHASE_PROPOSAL, handle);

const JSON: &str = "application/json";
const CSV: &str = "text/csv";

async fn handle(app: &App, call: &Call) -> Result<Reply, Problem> {
    let id = call.id("plan_id")?;
    let chosen = choose(call.accept.as_deref(), &[JSON, CSV]).ok_or_else(|| {
        Problem::new(
            ProblemCode::NotAcceptable,
            "A purchase proposal is there as application/json and as text/csv.",
        )
    })?;
    let found = proposal(app, &call.access, id).await?;
    let view = ProposalView::of(found, &call.access.settings().tenant_currency);
    let reply = if chosen == CSV {
        let attachment = format!("attachment; filename=\"{}.csv\"", view.plan_number);
        Reply::other(200, "text/csv; charset=utf-8", view.to_csv().into_bytes())
            .header(CONTENT_DISPOSITION, attachment)
    } else {
        Reply::ok(&view)
    };
    Ok(reply.header(VARY, "accept"))
}
