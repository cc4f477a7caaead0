//! What is wrong with a change of a requirement, field by field, so that all of it can be told at once (D5).

/// What kind of fault it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum FaultCode {
    /// A date lies where it cannot.
    InvalidDate,
    /// A value does not go together with the others, or is not one of those that may be chosen.
    InvalidValue,
}

/// A field of a change that cannot be taken.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FieldFault {
    /// The field, as the change names it.
    pub field: &'static str,
    /// What kind of fault it is.
    pub code: FaultCode,
    /// A sentence for the person who mends it.
    pub detail: String,
}

impl FieldFault {
    /// A date that lies where it cannot.
    pub(super) fn date(field: &'static str, detail: impl Into<String>) -> Self {
        Self {
            field,
            code: FaultCode::InvalidDate,
            detail: detail.into(),
        }
    }

    /// A value that does not fit.
    pub(super) fn value(field: &'static str, detail: impl Into<String>) -> Self {
        Self {
            field,
            code: FaultCode::InvalidValue,
            detail: detail.into(),
        }
    }
}
