//! What a function needs to do its work, built once in init and shared by every request.

use std::sync::Arc;
use std::time::Duration;

use aws_config::retry::RetryConfig;
use aws_config::timeout::TimeoutConfig;
use aws_config::{BehaviorVersion, SdkConfig};
use chrono::{DateTime, NaiveDate, Utc};

use crate::auth::{Access, Grant, TokenVerifier};
use crate::config::Config;
use crate::keyring::Keyring;
use crate::partners::{Inventory, Partners};
use crate::ports::{Clock, Ids, RandomIds, SystemClock};
use crate::settings::SettingsCache;
use crate::store::{Store, StoreError, TenantStore};
use crate::usecases::orders::business_model::BusinessModels;

/// The service's context. Cloning it is cheap.
#[derive(Clone)]
pub struct App(Arc<Inner>);

struct Inner {
    config: Config,
    store: Store,
    settings: SettingsCache,
    business_models: BusinessModels,
    keyring: Keyring,
    verifier: TokenVerifier,
    clock: Arc<dyn Clock>,
    ids: Arc<dyn Ids>,
    partners: Partners,
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
        let (clock, ids) = (Arc::new(SystemClock), Arc::new(RandomIds));
        let partners = Partners::over_http(&config, clock.clone(), ids.clone());
        Self::new(config, &aws, clock, ids, partners)
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
        partners: Partners,
    ) -> Result<Self, StartError> {
        let client = aws_sdk_dynamodb::Client::new(aws);
        let store = Store::new(client, config.table_name.clone(), ids.clone());
        let verifier = TokenVerifier::new(&config.auth)?;
        let keyring = Keyring::new(&config.secret_key);
        let settings = SettingsCache::lasting(config.settings_cache_seconds);
        let business_models = BusinessModels::lasting(config.settings_cache_seconds);
        Ok(Self(Arc::new(Inner {
            config,
            store,
            settings,
            business_models,
            keyring,
            verifier,
            clock,
            ids,
            partners,
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

    /// The part of the table that a grant opens.
    pub fn tenant_store(&self, grant: &Grant) -> TenantStore<'_> {
        self.0.store.tenant(grant)
    }

    /// Reads the tenant's settings, unless this process has done so within SETTINGS_CACHE_SECONDS, and gives the access
    /// that business rules work with (D13).
    ///
    /// # Errors
    /// [`StoreError`] when the table does not answer.
    pub async fn enter(&self, grant: Grant) -> Result<Access, StoreError> {
        let (tenant, now) = (grant.tenant(), self.now());
        if let Some(settings) = self.0.settings.fresh(tenant, now) {
            return Ok(Access::new(grant, settings));
        }
        let overrides = self.tenant_store(&grant).settings_overrides().await?;
        let settings = Arc::new(self.0.config.settings.overridden(&overrides));
        self.0.settings.keep(tenant, now, settings.clone());
        Ok(Access::new(grant, settings))
    }

    /// Forgets what this process knows of a tenant's settings: they have changed.
    pub fn forget_settings(&self, grant: &Grant) {
        self.0.settings.forget(grant.tenant());
    }

    /// What this process knows of tenants' business models.
    pub fn business_models(&self) -> &BusinessModels {
        &self.0.business_models
    }

    /// The derived keys.
    pub fn keyring(&self) -> &Keyring {
        &self.0.keyring
    }

    /// The token check.
    pub fn verifier(&self) -> &TokenVerifier {
        &self.0.verifier
    }

    /// The partners that are there.
    pub fn partners(&self) -> &Partners {
        &self.0.partners
    }

    /// Who knows what is in stock, where somebody does.
    pub fn inventory(&self) -> Option<&dyn Inventory> {
        self.0.partners.inventory.as_deref()
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
        at.with_timezone(&access.settings().tenant_timezone).date_naive()
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
