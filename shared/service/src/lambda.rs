//! The entry points of the functions: logs, context, and the loop that serves. None is generic, so they are compiled
//! once here and a function's binary only links them.

use std::convert::Infallible;
use std::process::ExitCode;
use std::sync::Arc;

use aws_lambda_events::event::dynamodb::Event as StreamEvent;
use aws_lambda_events::event::sqs::SqsEvent;
use lambda_http::{Request, RequestExt as _};
use lambda_runtime::{Error, LambdaEvent, service_fn};
use serde_json::Value;

use crate::app::{App, StartError, aws_config};
use crate::config::{Config, ConfigError};
use crate::http::{Endpoint, serve};
use crate::messaging::bus::{AwsBus, Destination};
use crate::messaging::{EntityHandler, MessageHandler, ScheduleHandler, Worker, batch};
use crate::partners::{Partners, deadline};
use crate::ports::{RandomIds, SystemClock};
use crate::telemetry;

/// Serves HTTP requests with some endpoints.
pub fn run_http(endpoints: &'static [Endpoint]) -> ExitCode {
    start(async move {
        let app = App::from_env().await?;
        let handler = service_fn(move |request: Request| {
            let app = app.clone();
            async move {
                let ends = request.lambda_context_ref().map_or(0, |context| context.deadline);
                let now = app.now();
                Ok::<_, Infallible>(deadline::within(ends, now, serve(&app, endpoints, request)).await)
            }
        });
        lambda_http::run(handler).await
    })
}

/// Handles the messages of a queue. `name` is the function's, `needs` is what it sends to.
pub fn run_queue(name: &'static str, needs: &[Destination], handler: MessageHandler) -> ExitCode {
    start(async move {
        let worker = worker(name, needs).await?;
        let serve = service_fn(move |event: LambdaEvent<SqsEvent>| {
            let worker = worker.clone();
            async move {
                let (event, context) = event.into_parts();
                let work = batch::run_queue(&worker, &context.request_id, event, handler);
                Ok::<_, Infallible>(deadline::within(context.deadline, worker.app.now(), work).await)
            }
        });
        lambda_runtime::run(serve).await
    })
}

/// Handles the table's stream. `name` is the function's, `needs` is what it sends to.
pub fn run_stream(name: &'static str, needs: &[Destination], handler: EntityHandler) -> ExitCode {
    start(async move {
        let worker = worker(name, needs).await?;
        let serve = service_fn(move |event: LambdaEvent<StreamEvent>| {
            let worker = worker.clone();
            async move {
                let (event, context) = event.into_parts();
                Ok::<_, Infallible>(batch::run_stream(&worker, &context.request_id, event, handler).await)
            }
        });
        lambda_runtime::run(serve).await
    })
}

/// Handles the ticks of a schedule, whatever they carry. `name` is the function's, `needs` is what it sends to.
pub fn run_schedule(name: &'static str, needs: &[Destination], handler: ScheduleHandler) -> ExitCode {
    start(async move {
        let worker = worker(name, needs).await?;
        let serve = service_fn(move |event: LambdaEvent<Value>| {
            let worker = worker.clone();
            async move {
                let (input, context) = event.into_parts();
                let done = batch::run_schedule(&worker, &context.request_id, input, handler).await;
                done.map_err(|error| Error::from(error.to_string()))
            }
        });
        lambda_runtime::run(serve).await
    })
}

async fn worker(name: &'static str, needs: &[Destination]) -> Result<Worker, StartError> {
    let config = Config::read(|name| std::env::var(name).ok())?;
    let aws = aws_config().await;
    let bus = AwsBus::new(&aws, &config, needs)?;
    let (clock, ids) = (Arc::new(SystemClock), Arc::new(RandomIds));
    let partners = Partners::over_http(&config, clock.clone(), ids.clone());
    let app = App::new(config, &aws, clock, ids, partners)?;
    Ok(Worker {
        name,
        app,
        bus: Arc::new(bus),
    })
}

/// Runs a function to its end on one thread: a Lambda serves one request at a time, and a second thread only costs.
fn start(function: impl Future<Output = Result<(), Error>>) -> ExitCode {
    telemetry::init();
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build();
    let outcome = runtime
        .map_err(Error::from)
        .and_then(|runtime| runtime.block_on(function));
    match outcome {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            report(&error);
            ExitCode::FAILURE
        }
    }
}

/// One line for each fault, so that all can be mended at once (D13).
fn report(error: &Error) {
    match error.downcast_ref::<ConfigError>() {
        Some(ConfigError(faults)) => {
            for fault in faults {
                tracing::error!(
                    setting = fault.name,
                    detail = fault.detail,
                    "a setting is not valid"
                );
            }
        }
        None => tracing::error!(cause = %error, "the function could not run"),
    }
}
