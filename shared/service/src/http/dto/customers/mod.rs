//! Customers in requests and answers.

mod erasure;
pub mod export;
pub mod parts;
pub mod prices;
pub mod request;
mod row;
pub mod update;
pub mod view;

pub use erasure::ErasureView;
pub use parts::{DeliveryMethodWord, PaymentTermsWord};
pub use request::NewCustomerSchema;
pub use row::{CustomerRowView, parse_flag};
pub use update::CustomerUpdateSchema;
pub use view::CustomerView;
