//! What a function needs to do its work, built once in init and shared by every request.

use std::sync::Arc;
use std::time::Duration;

use aws_config::retry::RetryConfig;
use aws_config::timeout::TimeoutConfig;
use aws_config::{BehaviorVersion, SdkConfig};
use chrono::{DateTime, NaiveDate, Utc};

use crate::auth::{Access, TokenVerifier};
use crate::config::Config;
use crate::keyring::Keyring;
use crate::ports::{Clock, Ids, RandomIds, SystemClock};
use crate::settings::Settings;
use crate::store::{Store, TenantStore};

/// The service's context. Cloning it is cheap.
#[derive(Clone)]
pub struct App(Arc<Inner>);

struct Inner {
    config: Config,
    store: Store,
    keyring: Keyring,
    verifier: TokenVerifier,
    clock: Arc<dyn Clock>,
    ids: Arc<dyn Ids>,
}

/// Why a function cannot start.
pub type StartError = Box<dyn std::error::Error + Send + Sync>;

impl App {
    /// Builds the context from the environment.
    ///
    /// # Errors
    /// Every fault of the configuration at once (D13).
    pub async fn from_env() -> Result<Self, StartError> {
        let config = Config::read(|name| std::env::var(name).ok())?;
        let aws = aws_config().await;
        Self::new(config, &aws, Arc::new(SystemClock), Arc::new(RandomIds))
    }

    /// Builds the context from its parts.
    ///
    /// # Errors
    /// When the issuer's keys in the configuration are not readable.
    pub fn new(
        config: Config,
        aws: &SdkConfig,
        clock: Arc<dyn Clock>,
        ids: Arc<dyn Ids>,
    ) -> Result<Self, StartError> {
        let client = aws_sdk_dynamodb::Client::new(aws);
        let store = Store::new(client, config.table_name.clone(), ids.clone());
        let verifier = TokenVerifier::new(&config.auth)?;
        let keyring = Keyring::new(&config.secret_key);
        Ok(Self(Arc::new(Inner {
            config,
            store,
            keyring,
            verifier,
            clock,
            ids,
        })))
    }

    /// The configuration.
    pub fn config(&self) -> &Config {
        &self.0.config
    }

    /// The table, for schedules that walk every tenant.
    pub fn store(&self) -> &Store {
        &self.0.store
    }

    /// The part of the table that an access opens.
    pub fn tenant_store(&self, access: &Access) -> TenantStore<'_> {
        self.0.store.tenant(access)
    }

    /// The settings in force for a tenant. Overrides per tenant arrive with the settings endpoints; until then they
    /// are the deployment's.
    pub fn settings(&self, _access: &Access) -> &Settings {
        &self.0.config.settings
    }

    /// The derived keys.
    pub fn keyring(&self) -> &Keyring {
        &self.0.keyring
    }

    /// The token check.
    pub fn verifier(&self) -> &TokenVerifier {
        &self.0.verifier
    }

    /// Ids and jitter.
    pub fn ids(&self) -> &dyn Ids {
        self.0.ids.as_ref()
    }

    /// Now, in whole milliseconds.
    pub fn now(&self) -> DateTime<Utc> {
        self.0.clock.now()
    }

    /// The tenant's calendar date at an instant (D4).
    pub fn local_date(&self, access: &Access, at: DateTime<Utc>) -> NaiveDate {
        at.with_timezone(&self.settings(access).tenant_timezone)
            .date_naive()
    }

    /// The tenant's calendar date now (D4).
    pub fn today(&self, access: &Access) -> NaiveDate {
        self.local_date(access, self.now())
    }
}

/// The AWS configuration of every client: tight time-outs, because a function is paid while it waits, and retries that
/// send the identical request again.
pub async fn aws_config() -> SdkConfig {
    let timeouts = TimeoutConfig::builder()
        .connect_timeout(Duration::from_secs(1))
        .operation_attempt_timeout(Duration::from_secs(3))
        .operation_timeout(Duration::from_secs(8))
        .build();
    aws_config::defaults(BehaviorVersion::latest())
        .retry_config(RetryConfig::standard().with_max_attempts(4))
        .timeout_config(timeouts)
        .load()
        .await
}
