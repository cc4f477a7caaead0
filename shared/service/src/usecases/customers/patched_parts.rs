//! A customer's delivery preferences, merged on their own by a patch; a new customer's are the patch merged with nothing.

use crate::store::customers::DeliveryPreferences;
use crate::usecases::patches::{Clearable, kept};
use crate::words::WeekdayWord;

/// Products a customer may have prices of its own for.
pub const MAX_PRICED_PRODUCTS: usize = 200;

/// Changes to when and how a customer likes to be delivered to.
#[derive(Debug, Clone, Default, PartialEq)]
#[expect(missing_docs, reason = "the fields are those of SPEC §4, under their names")]
pub struct DeliveryPreferencesPatch {
    pub weekdays: Clearable<Vec<WeekdayWord>>,
    pub window_start: Clearable<String>,
    pub window_end: Clearable<String>,
    pub route: Clearable<String>,
    pub notes: Clearable<String>,
}

impl DeliveryPreferencesPatch {
    /// The preferences with the changes; none when nothing is left in them.
    ///
    /// # Errors
    /// What is wrong with a window that does not end after it starts.
    pub fn merged(
        &self,
        before: Option<&DeliveryPreferences>,
    ) -> Result<Option<DeliveryPreferences>, &'static str> {
        let merged = DeliveryPreferences {
            weekdays: kept(&self.weekdays, before.map(|before| &before.weekdays)).unwrap_or_default(),
            window_start: kept(
                &self.window_start,
                before.and_then(|before| before.window_start.as_ref()),
            ),
            window_end: kept(
                &self.window_end,
                before.and_then(|before| before.window_end.as_ref()),
            ),
            route: kept(&self.route, before.and_then(|before| before.route.as_ref())),
            notes: kept(&self.notes, before.and_then(|before| before.notes.as_ref())),
        };
        // Both are HH:MM, so they compare as text.
        if let (Some(start), Some(end)) = (&merged.window_start, &merged.window_end)
            && end <= start
        {
            return Err("The window must end after it starts.");
        }
        Ok(Some(merged).filter(|merged| *merged != DeliveryPreferences::default()))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_window_is_judged_as_it_is_after_the_change() {
        let at = |start: Option<&str>, end: Option<&str>| DeliveryPreferencesPatch {
            window_start: start.map(|start| Some(start.to_owned())),
            window_end: end.map(|end| Some(end.to_owned())),
            ..DeliveryPreferencesPatch::default()
        };
        let before = at(Some("04:00"), Some("06:30")).merged(None).unwrap();
        assert!(at(Some("06:30"), None).merged(before.as_ref()).is_err());
        assert!(at(Some("06:29"), None).merged(before.as_ref()).is_ok());
        let emptied = DeliveryPreferencesPatch {
            window_start: Some(None),
            window_end: Some(None),
            ..DeliveryPreferencesPatch::default()
        };
        assert_eq!(emptied.merged(before.as_ref()), Ok(None));
    }
}
