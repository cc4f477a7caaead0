//! Orders in requests and answers.

pub mod amend;
pub mod history;
pub mod line;
pub mod line_report;
pub mod parts;
pub mod payment;
pub mod request;
pub mod row;
pub mod view;

pub use history::HistoryEntryView;
pub use row::{OrderRowView, read_filter};
pub use view::OrderView;
