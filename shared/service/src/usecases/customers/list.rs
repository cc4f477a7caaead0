//! Listing customers by name, and searching them by what their name, code or e-mail begins with (§13).
//!
//! A search walks three indexes one after the other: names, then codes, then e-mails. A customer that an earlier one has
//! shown is told by its row alone, so that it is shown once without anything being remembered between pages.

use unicode_normalization::UnicodeNormalization as _;

use crate::app::App;
use crate::auth::Access;
use crate::problem::Problem;
use crate::store::customers::{CustomerInIndex, CustomerRow, fold};
use crate::store::keys::{self, Index};
use crate::store::record::{Item, from_index};
use crate::store::{Query, SortRange};
use crate::usecases::listing::{self, Phase, Place};
use crate::words::CustomerType;

/// Characters a search may have.
const LONGEST_SEARCH: usize = 100;

/// Which customers are wanted.
#[derive(Debug, Clone, Default)]
pub struct CustomerFilter {
    /// Only those whose name, code or e-mail begins with this.
    pub search: Option<Search>,
    /// Only active or only inactive ones.
    pub is_active: Option<bool>,
    /// Only of these types; all when empty.
    pub customer_types: Vec<CustomerType>,
}

/// What a name, code or e-mail is to begin with, folded.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Search(String);

/// What is searched, in this order.
const SEARCHED: [Searched; 3] = [Searched::Name, Searched::Code, Searched::Email];

#[derive(Debug, Clone, Copy)]
enum Searched {
    Name,
    Code,
    Email,
}

impl Search {
    /// A search for a text of 1 to 100 characters, without the spaces around it.
    pub fn parse(raw: &str) -> Option<Self> {
        let text: String = raw.trim().nfc().collect();
        (1..=LONGEST_SEARCH)
            .contains(&text.chars().count())
            .then(|| Self(fold(&text)))
    }

    fn finds(&self, searched: Searched, row: &CustomerRow) -> bool {
        let text = match searched {
            Searched::Name => Some(&row.name),
            Searched::Code => Some(&row.customer_code),
            Searched::Email => row.email.as_ref(),
        };
        text.is_some_and(|text| fold(text).starts_with(&self.0))
    }

    /// Which of the phases shows a customer: the first in which it is found.
    fn phase_of(&self, row: &CustomerRow) -> Option<usize> {
        SEARCHED.iter().position(|searched| self.finds(*searched, row))
    }
}

impl CustomerFilter {
    fn takes(&self, row: &CustomerRow) -> bool {
        self.is_active.is_none_or(|active| active == row.is_active)
            && (self.customer_types.is_empty() || self.customer_types.contains(&row.customer_type))
    }

    /// The ranges to walk: all names, or what a search may find in each index.
    fn phases(&self, access: &Access) -> Vec<Phase> {
        let selective = self.is_active.is_some() || !self.customer_types.is_empty();
        let tenant = access.tenant();
        let by_name = Query::all(Index::Gs1, keys::customers_by_name(tenant));
        let Some(Search(prefix)) = &self.search else {
            return vec![Phase {
                query: by_name,
                selective,
            }];
        };
        let by_code = Query::all(Index::Gs2, keys::customers_by_code(tenant));
        let by_email = Query::all(Index::Gs3, keys::customers_by_email(tenant));
        [by_name, by_code, by_email]
            .into_iter()
            .enumerate()
            .map(|(number, query)| Phase {
                query: Query {
                    range: SortRange::Prefix(prefix.clone()),
                    ..query
                },
                // Later phases drop what earlier ones have shown.
                selective: selective || number > 0,
            })
            .collect()
    }
}

/// One page of customers: by folded name; of a search those found by name first, then by code, then by e-mail.
///
/// # Errors
/// 503 when the table does not answer.
pub async fn list(
    app: &App,
    access: &Access,
    filter: &CustomerFilter,
    limit: usize,
    start: Place,
) -> Result<(Vec<CustomerInIndex>, Option<Place>), Problem> {
    let keep = |phase: usize, item: Item| {
        let customer: CustomerInIndex = from_index(item)?;
        let here = match &filter.search {
            Some(search) => search.phase_of(&customer.r) == Some(phase),
            None => true,
        };
        Ok((here && filter.takes(&customer.r)).then_some(customer))
    };
    let phases = filter.phases(access);
    Ok(listing::pages_of(app, access, phases, start, limit, keep).await?)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_search_has_1_to_100_characters_once_it_is_trimmed_and_composed() {
        // §13
        assert_eq!(Search::parse(" \t "), None);
        assert_eq!(Search::parse(""), None);
        assert_eq!(Search::parse(&"x".repeat(101)), None);
        assert_eq!(
            Search::parse(&format!(" {} ", "e\u{301}".repeat(100))),
            Some(Search("é".repeat(100)))
        );
        assert_eq!(Search::parse("STRAß"), Some(Search("strass".into())));
    }
}
