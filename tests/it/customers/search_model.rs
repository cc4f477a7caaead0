//! Generated searches for customers, each compared with a naive one in memory (§13).

use futures_util::future::join_all;
use orders_service::ports::{Ids as _, SeededIds};
use orders_service::words::CustomerType;
use rstest::rstest;
use uuid::Uuid;

use super::search::{Known, encoded, store, walk};
use crate::support::World;

const CUSTOMERS: usize = 210;
const QUERIES: usize = 265;

/// What the tests' own alphabet folds to: lower case, and `ß` as `ss`.
fn naive_fold(text: &str) -> String {
    text.to_lowercase().replace('ß', "ss")
}

/// Draws from a seed.
struct Dice(SeededIds);

impl Dice {
    fn below(&self, bound: usize) -> usize {
        usize::try_from(self.0.random() % u128::try_from(bound).unwrap()).unwrap()
    }

    fn pick<'a, T>(&self, from: &'a [T]) -> &'a T {
        &from[self.below(from.len())]
    }

    fn case(&self, text: &str) -> String {
        match self.below(3) {
            0 => text.to_uppercase(),
            1 => text.to_lowercase(),
            _ => text.to_owned(),
        }
    }

    /// Texts of few syllables, so that many share a beginning.
    fn text(&self) -> String {
        let syllables = [
            "ba", "bä", "Bae", "ß", "ss", "é", "e", "Ö", "cu", "CUST", " ", "-", "#",
        ];
        let text: String = (0..=self.below(4)).map(|_| *self.pick(&syllables)).collect();
        let text = self.case(text.trim());
        if text.is_empty() { "b".into() } else { text }
    }

    fn customer(&self, number: usize) -> Known {
        let email = format!("{}{number}@example.com", self.text().replace(' ', ""));
        Known {
            id: Uuid::from_u128(self.0.random()),
            name: self.text(),
            code: format!("{}{number}", self.text()),
            email: (self.below(4) > 0).then_some(email),
            kind: *self.pick(CustomerType::ALL),
            active: self.below(4) > 0,
        }
    }

    /// The beginning of some customer's name, code or e-mail, or a text of nobody.
    fn search(&self, customers: &[Known]) -> String {
        let customer = self.pick(customers);
        let text = match self.below(7) {
            0 | 1 => customer.name.clone(),
            2 | 3 => customer.code.clone(),
            4 | 5 => customer.email.clone().unwrap_or_else(|| self.text()),
            _ => self.text(),
        };
        let length = 1 + self.below(text.chars().count());
        let start: String = text.chars().take(length).collect();
        let start = self.case(start.trim());
        if start.is_empty() { "b".into() } else { start }
    }
}

/// What a query finds, in order: by the first of name, code and e-mail that begins with it, then by that text.
fn naive_search(customers: &[Known], q: &str, active: Option<bool>, kinds: &[CustomerType]) -> Vec<Uuid> {
    let q = naive_fold(q);
    let mut found: Vec<_> = customers
        .iter()
        .filter(|customer| active.is_none_or(|active| customer.active == active))
        .filter(|customer| kinds.is_empty() || kinds.contains(&customer.kind))
        .filter_map(|customer| {
            let email = customer.email.as_deref().unwrap_or_default();
            let texts = [&customer.name, &customer.code, email].map(naive_fold);
            let phase = texts.iter().position(|text| text.starts_with(&q))?;
            Some((phase, texts[phase].clone(), customer.id.to_string(), customer.id))
        })
        .collect();
    found.sort_unstable();
    found.into_iter().map(|(_, _, _, id)| id).collect()
}

#[rstest]
#[case(1)]
#[case(2)]
#[case(3)]
#[case(4)]
#[case(5)]
#[case(6)]
#[case(7)]
#[case(8)]
#[tokio::test]
async fn every_search_finds_what_a_naive_one_finds(#[case] seed: u64) {
    // §13, D8: 2 120 queries over eight times 210 customers.
    let world = World::new().await;
    let dice = Dice(SeededIds::from_seed(seed << 32));
    let customers: Vec<_> = (0..CUSTOMERS).map(|number| dice.customer(number)).collect();
    store(&world, &customers).await;
    let queries: Vec<_> = (0..QUERIES)
        .map(|_| {
            let q = dice.search(&customers);
            let active = *dice.pick(&[None, None, Some(true), Some(false)]);
            let kinds: Vec<_> = (0..dice.below(3))
                .map(|_| *dice.pick(CustomerType::ALL))
                .collect();
            let limit = *dice.pick(&[1_usize, 2, 3, 7, 20, 50, 100, 100]);
            let expected = naive_search(&customers, &q, active, &kinds);
            // Small pages only where that is not many of them: what counts are their borders.
            let limit = limit.max(expected.len() / 6);
            // In another normal form, which must not matter.
            let sent = q.replace('é', "e\u{301}").replace('Ö', "O\u{308}");
            let mut query = format!("q={}&limit={limit}", encoded(&sent));
            if let Some(active) = active {
                query += &format!("&is_active={active}");
            }
            for kind in &kinds {
                query += &format!("&customer_type={}", kind.as_str());
            }
            (query, expected)
        })
        .collect();
    let (mut rows, mut pages) = (0, 0);
    for some in queries.chunks(16) {
        let walks = join_all(some.iter().map(|(query, _)| walk(&world, query))).await;
        for ((query, expected), (found, walked)) in some.iter().zip(walks) {
            assert_eq!(found, *expected, "{query}");
            (rows, pages) = (rows + found.len(), pages + walked);
        }
    }
    // The generator must not have drifted into searches that find nothing.
    assert!(
        rows > 10 * QUERIES && 2 * pages > 3 * QUERIES,
        "{rows} rows, {pages} pages"
    );
}
