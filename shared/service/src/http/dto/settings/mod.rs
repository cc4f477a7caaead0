//! Settings in requests and answers. Names, kinds and ranges come from the table in [`crate::settings`].

mod pricing_rule;
mod request;
mod schemas;
mod view;

pub use pricing_rule::{PricingRuleSchema, PricingRuleView};
pub use schemas::SettingsPatchSchema;
pub use view::SettingsView;
