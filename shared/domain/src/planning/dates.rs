//! From the day something is needed to the day it has to be ordered, and back (D65).

use chrono::{Days, NaiveDate};

use crate::calendar::WorkingCalendar;

/// How long a supplier takes. The safety lead time is part of it in both directions: what counts is the day on which
/// goods may be relied upon, not the day on which they might come.
#[derive(Debug, Clone, Copy)]
pub(super) struct LeadTime<'a> {
    /// Days on which orders are taken.
    pub(super) calendar: WorkingCalendar<'a>,
    /// Calendar days from order to delivery.
    pub(super) lead_time_days: u32,
    /// Calendar days of buffer on top.
    pub(super) safety_lead_days: u32,
}

impl LeadTime<'_> {
    fn total(&self) -> Days {
        Days::new(u64::from(self.lead_time_days) + u64::from(self.safety_lead_days))
    }

    /// The last working day on which an order is in time for the day it is required: `required − lead time − safety lead
    /// time, back to a working day`. `None` when there is no such day within a year.
    pub(super) fn latest_order_date(&self, required: NaiveDate) -> Option<NaiveDate> {
        let date = required.checked_sub_days(self.total())?;
        self.calendar.on_or_before(date)
    }

    /// The day on which an order placed today, or on the first working day after, can be relied upon.
    pub(super) fn earliest_receipt(&self, today: NaiveDate) -> Option<NaiveDate> {
        self.calendar.on_or_after(today)?.checked_add_days(self.total())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::calendar::Weekday::{Fri, Mon, Thu, Tue, Wed};
    use crate::planning::tests::fixture::date;

    // D65, the worked example: lead 3, needed 2026-12-10 → order by 2026-12-07.
    #[test]
    fn lead_times_are_calendar_days() {
        let lead_time = LeadTime {
            calendar: WorkingCalendar::every_day(),
            lead_time_days: 3,
            safety_lead_days: 0,
        };
        assert_eq!(
            lead_time.latest_order_date(date("2026-12-10")),
            Some(date("2026-12-07"))
        );
        assert_eq!(
            lead_time.earliest_receipt(date("2026-12-07")),
            Some(date("2026-12-10"))
        );
    }

    // D65: back to a working day, and with the safety lead time.
    #[test]
    fn orders_are_placed_on_working_days() {
        let weekdays = [Mon, Tue, Wed, Thu, Fri];
        let lead_time = LeadTime {
            calendar: WorkingCalendar::new(&weekdays, &[]),
            lead_time_days: 2,
            safety_lead_days: 1,
        };
        // Wednesday the 9th − 3 is Sunday the 6th: Friday the 4th.
        assert_eq!(
            lead_time.latest_order_date(date("2026-12-09")),
            Some(date("2026-12-04"))
        );
        // Ordered on Saturday is ordered on Monday the 7th: Thursday the 10th.
        assert_eq!(
            lead_time.earliest_receipt(date("2026-12-05")),
            Some(date("2026-12-10"))
        );
    }

    // D65: an order date on or after today and an earliest receipt on or before the required day are the same thing.
    #[test]
    fn in_time_means_the_same_seen_from_either_end() {
        let weekdays = [Mon, Wed, Fri];
        let holidays = [date("2026-12-09")];
        let lead_time = LeadTime {
            calendar: WorkingCalendar::new(&weekdays, &holidays),
            lead_time_days: 2,
            safety_lead_days: 1,
        };
        for today in date("2026-12-01").iter_days().take(14) {
            for required in today.iter_days().take(14) {
                let order_in_time = lead_time
                    .latest_order_date(required)
                    .is_some_and(|day| day >= today);
                let receipt_in_time = lead_time
                    .earliest_receipt(today)
                    .is_some_and(|day| day <= required);
                assert_eq!(
                    order_in_time, receipt_in_time,
                    "today {today}, required {required}"
                );
            }
        }
    }
}
