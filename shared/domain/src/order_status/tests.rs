use super::*;

/// D26 as text: from, to, when (`any`, `out` = delivery with tracking, `hand` = pickup or tracking off), guards.
const TABLE: &str = "
    pending          confirmed         any   credit
    pending          on_hold           any
    pending          cancelled         any
    on_hold          pending           any   credit
    on_hold          cancelled         any
    on_hold          confirmed         any   admin reason override
    confirmed        in_production     any
    confirmed        on_hold           any
    confirmed        cancelled         any   reason
    in_production    ready             any
    in_production    cancelled         any   admin reason
    ready            out_for_delivery  out
    ready            delivered         hand
    ready            cancelled         any   admin reason
    out_for_delivery delivered         any
    out_for_delivery failed            any   reason
    failed           ready             any   credit
    failed           cancelled         any   admin reason
";

const WORDS: [&str; 9] = [
    "pending",
    "confirmed",
    "on_hold",
    "in_production",
    "ready",
    "out_for_delivery",
    "delivered",
    "failed",
    "cancelled",
];

fn rows(from: &str, method: &str, tracking: bool) -> Vec<(&'static str, Vec<&'static str>)> {
    let situation = if method == "delivery" && tracking {
        "out"
    } else {
        "hand"
    };
    TABLE
        .lines()
        .map(|line| line.split_whitespace().collect::<Vec<_>>())
        .filter(|row| row.len() >= 3 && row[0] == from && (row[2] == "any" || row[2] == situation))
        .map(|row| (row[1], row[3..].to_vec()))
        .collect()
}

// D26
#[test]
fn every_move_is_exactly_as_the_table_says() {
    let mut legal = 0;
    for method in ["delivery", "pickup"] {
        for tracking in [true, false] {
            let fulfilment = Fulfilment {
                delivery_method: DeliveryMethod::parse(method).unwrap(),
                delivery_tracking_enabled: tracking,
            };
            for from in WORDS {
                let from_status = OrderStatus::parse(from).unwrap();
                let expected = rows(from, method, tracking);
                let listed: Vec<_> = allowed_transitions(from_status, fulfilment)
                    .iter()
                    .map(|to| to.as_str())
                    .collect();
                let expected_list: Vec<_> = expected.iter().map(|(to, _)| *to).collect();
                assert_eq!(listed, expected_list, "{from}, {method}, tracking {tracking}");
                for to in WORDS {
                    let guard = transition(from_status, OrderStatus::parse(to).unwrap(), fulfilment);
                    let row = expected.iter().find(|(target, _)| *target == to);
                    let expected_guard = row.map(|(_, guards)| Guard {
                        admin_only: guards.contains(&"admin"),
                        reason_required: guards.contains(&"reason"),
                        rechecks_credit: guards.contains(&"credit"),
                        overrides_hold: guards.contains(&"override"),
                    });
                    assert_eq!(
                        guard, expected_guard,
                        "{from} -> {to}, {method}, tracking {tracking}"
                    );
                    legal += usize::from(guard.is_some());
                }
            }
        }
    }
    // 18 rows, of which one of the two ready moves applies in each of the four situations.
    assert_eq!(legal, 4 * 17);
}

/// D31, D50, D27, D34, D33: demand, firm, exposure, amendable, open, sale.
const TRAITS: &str = "
    pending          demand -    exposure amendable open sale
    confirmed        demand firm exposure amendable open sale
    on_hold          -      -    -        amendable open sale
    in_production    demand firm exposure -         open sale
    ready            -      -    exposure -         open sale
    out_for_delivery -      -    exposure -         open sale
    delivered        -      -    exposure -         -    sale
    failed           -      -    -        -         open -
    cancelled        -      -    -        -         -    -
";

// D27, D31, D33, D34, D50
#[test]
fn every_status_counts_where_the_rules_say() {
    let rows: Vec<Vec<&str>> = TRAITS
        .trim()
        .lines()
        .map(|line| line.split_whitespace().collect())
        .collect();
    assert_eq!(rows.len(), OrderStatus::ALL.len());
    for row in rows {
        let status = OrderStatus::parse(row[0]).unwrap();
        let actual = [
            status.counts_as_demand(),
            status.is_firm(),
            status.counts_for_exposure(),
            status.is_amendable(),
            status.is_open(),
            status.is_valid_sale(),
        ];
        let expected: Vec<bool> = row[1..].iter().map(|cell| *cell != "-").collect();
        assert_eq!(actual.to_vec(), expected, "{status:?}");
    }
}

// D2: one word each, the same in code and JSON.
#[test]
fn words_agree_with_json() {
    let words: Vec<_> = OrderStatus::ALL.iter().map(|status| status.as_str()).collect();
    assert_eq!(words, WORDS);
    for status in OrderStatus::ALL {
        assert_eq!(serde_json::to_value(status).unwrap(), status.as_str());
    }
    for method in DeliveryMethod::ALL {
        assert_eq!(serde_json::to_value(method).unwrap(), method.as_str());
    }
    assert_eq!(OrderStatus::parse("Pending"), None);
    assert_eq!(OrderStatus::parse(""), None);
    assert_eq!(DeliveryMethod::parse("pick-up"), None);
}
