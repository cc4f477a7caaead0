//! Tests of forecasts: published figures, two other implementations, situations of a bakery, and what holds for any history.
#![expect(
    clippy::float_arithmetic,
    reason = "forecasts are statistics, worked out in doubles"
)]

mod augurs;
mod backtests;
mod closing;
mod fixture;
mod properties;
mod published;
mod situations;
mod statsmodels;
