//! Local time of four places between December 2026 and November 2027, written down by hand from the rules that are in
//! force there; it shares nothing with the time-zone data of the service.

use chrono::{DateTime, Days, NaiveDate, TimeDelta, Utc};

/// A place, its distance from UTC in December 2026, and when that changes: the moment and the new distance, in minutes.
#[derive(Debug, Clone, Copy)]
pub(super) struct Place {
    pub(super) zone: &'static str,
    first: i64,
    changes: &'static [(&'static str, i64)],
}

pub(super) const BERLIN: Place = Place {
    zone: "Europe/Berlin",
    first: 60,
    changes: &[("2027-03-28T01:00:00Z", 120), ("2027-10-31T01:00:00Z", 60)],
};

pub(super) const NEW_YORK: Place = Place {
    zone: "America/New_York",
    first: -300,
    changes: &[("2027-03-14T07:00:00Z", -240), ("2027-11-07T06:00:00Z", -300)],
};

/// Summer begins in September here.
pub(super) const AUCKLAND: Place = Place {
    zone: "Pacific/Auckland",
    first: 780,
    changes: &[("2027-04-03T14:00:00Z", 720), ("2027-09-25T14:00:00Z", 780)],
};

/// Half an hour off, and the same all year.
pub(super) const KOLKATA: Place = Place {
    zone: "Asia/Kolkata",
    first: 330,
    changes: &[],
};

impl Place {
    fn offset(self, at: DateTime<Utc>) -> TimeDelta {
        let past = self.changes.iter().rfind(|(moment, _)| at >= moment_of(moment));
        TimeDelta::minutes(past.map_or(self.first, |(_, minutes)| *minutes))
    }

    /// The date there.
    pub(super) fn date(self, at: DateTime<Utc>) -> NaiveDate {
        (at.naive_utc() + self.offset(at)).date()
    }

    /// When a day begins there. None of these places moves its clocks at midnight.
    pub(super) fn midnight(self, date: NaiveDate) -> DateTime<Utc> {
        let local = date.and_hms_opt(0, 0, 0).unwrap().and_utc();
        let offsets = [
            local - self.offset(local - TimeDelta::days(1)),
            local - self.offset(local + TimeDelta::days(1)),
        ];
        *offsets
            .iter()
            .find(|at| **at + self.offset(**at) == local)
            .unwrap()
    }

    /// The moments that figures may trip over: changes of the clocks, and the ends of some months and of the year.
    pub(super) fn landmarks(self) -> Vec<DateTime<Utc>> {
        let firsts = [
            "2027-01-01",
            "2027-03-01",
            "2027-04-01",
            "2027-10-01",
            "2027-11-01",
        ];
        let firsts = firsts.map(|date| self.midnight(date.parse().unwrap()));
        let mut all: Vec<_> = self.changes.iter().map(|(moment, _)| moment_of(moment)).collect();
        all.extend(firsts);
        // The night before a change of the clocks and the night after it are an hour apart in UTC.
        let nights: Vec<_> = self
            .changes
            .iter()
            .map(|(moment, _)| self.date(moment_of(moment)))
            .collect();
        all.extend(nights.iter().map(|date| self.midnight(*date)));
        all.extend(nights.iter().map(|date| self.midnight(*date + Days::new(1))));
        all.sort_unstable();
        all
    }
}

fn moment_of(text: &str) -> DateTime<Utc> {
    text.parse().unwrap()
}

#[test]
fn dates_there_are_those_of_the_clocks_on_the_wall() {
    // D4
    for (place, at, date) in [
        (BERLIN, "2026-12-31T22:59:59Z", "2026-12-31"),
        (BERLIN, "2026-12-31T23:00:00Z", "2027-01-01"),
        (BERLIN, "2027-03-28T21:59:59Z", "2027-03-28"),
        (BERLIN, "2027-03-28T22:00:00Z", "2027-03-29"),
        (NEW_YORK, "2027-03-14T04:59:59Z", "2027-03-13"),
        (NEW_YORK, "2027-03-15T04:00:00Z", "2027-03-15"),
        (AUCKLAND, "2027-04-03T11:00:00Z", "2027-04-04"),
        (AUCKLAND, "2027-04-04T11:59:59Z", "2027-04-04"),
        (AUCKLAND, "2027-09-26T11:00:00Z", "2027-09-27"),
        (KOLKATA, "2027-01-31T18:30:00Z", "2027-02-01"),
    ] {
        assert_eq!(place.date(moment_of(at)).to_string(), date, "{} {at}", place.zone);
    }
    let night = |date: &str| BERLIN.midnight(date.parse().unwrap()).to_rfc3339();
    assert_eq!(night("2027-03-28"), "2027-03-27T23:00:00+00:00");
    assert_eq!(night("2027-03-29"), "2027-03-28T22:00:00+00:00");
}
