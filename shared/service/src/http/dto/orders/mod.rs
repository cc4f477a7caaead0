//! Orders in requests and answers.

pub mod request;
pub mod row;
pub mod view;

pub use row::{OrderRowView, read_filter};
pub use view::OrderView;
