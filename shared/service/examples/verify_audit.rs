//! Verifies the audit copy of a tenant's orders, or of one: `cargo run -p orders_service --example verify_audit -- TENANT
//! [ORDER]`, with the environment of a function; `make audit` sets it for the local stack. Exit code 1 on any fault.

use std::error::Error;
use std::process::ExitCode;

use orders_service::app::App;
use orders_service::auth::TenantId;
use orders_service::usecases::audit::verify::Verdict;
use orders_service::usecases::audit::verify_tenant::verify_tenant;
use uuid::Uuid;

/// What a whole run found.
#[derive(Default)]
struct Counts {
    orders: usize,
    rows: usize,
    pending: usize,
    faulty: usize,
}

impl Counts {
    fn tell(&mut self, verdict: &Verdict) {
        let Verdict {
            order_id,
            rows,
            pending,
            faults,
        } = verdict;
        self.orders += 1;
        self.rows += rows;
        self.pending += pending;
        self.faulty += usize::from(!faults.is_empty());
        let faults: Vec<_> = faults.iter().map(ToString::to_string).collect();
        let said = match faults.as_slice() {
            [] => "ok".to_owned(),
            faults => format!("FAULT {}", faults.join("; ")),
        };
        println!("{order_id} rows={rows} pending={pending} {said}");
    }
}

fn main() -> Result<ExitCode, Box<dyn Error>> {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let (tenant, order) = match arguments.as_slice() {
        [tenant] => (tenant, None),
        [tenant, order] => (tenant, Some(order)),
        _ => return Err("usage: verify_audit TENANT [ORDER]".into()),
    };
    let tenant = TenantId(Uuid::try_parse(tenant)?);
    let order = order.map(|order| Uuid::try_parse(order)).transpose()?;
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()?;
    let counts = runtime.block_on(async {
        let app = App::from_env().await.map_err(|error| error.to_string())?;
        let mut counts = Counts::default();
        let told = verify_tenant(&app, tenant, order, |verdict| counts.tell(&verdict)).await;
        told.map(|()| counts).map_err(|error| error.to_string())
    })?;
    let Counts {
        orders,
        rows,
        pending,
        faulty,
    } = counts;
    println!("{orders} orders, {rows} rows, {pending} entries pending, {faulty} orders with faults");
    Ok(if faulty == 0 {
        ExitCode::SUCCESS
    } else {
        ExitCode::FAILURE
    })
}
