use orders_domain::alerts::HoldReason;
use orders_domain::decimal::{Money, Quantity};

use super::*;
use crate::auth::Actor;
use crate::store::orders::AfterChange;

const TENANT: TenantId = TenantId(Uuid::from_u128(1));

fn at(time: &str) -> DateTime<Utc> {
    time.parse().unwrap()
}

fn actor() -> Actor {
    Actor {
        user_id: "u".into(),
        name: Some("Ada".into()),
        role: "member".into(),
    }
}

fn entry() -> HistoryEntry {
    HistoryEntry {
        sequence: 1,
        event: HistoryEvent::Created,
        from_status: None,
        to_status: OrderStatus::OnHold,
        reason: None,
        note: Some("ring the bell".into()),
        notify_customer: true,
        changed_by: actor(),
        changed_at: at("2026-12-07T09:00:00.123Z"),
        version: 1,
        notification: None,
        context: None,
        after: AfterChange {
            status: OrderStatus::OnHold,
            total_amount: Money::parse("116.77").unwrap(),
            balance_due: Money::parse("116.77").unwrap(),
            total_quantity: Quantity::parse("17.5").unwrap(),
            delivery_date: "2026-12-08".parse().unwrap(),
            requested_delivery_at: at("2026-12-08T06:00:00Z"),
            hold_reason: Some(HoldReason::CreditLimitExceeded),
            payment_status: None,
            returned_amount: Money::ZERO,
        },
    }
}

fn order(status: &str) -> Order {
    let item = serde_json::json!({
        "id": Uuid::from_u128(2), "ver": 1, "wid": Uuid::from_u128(9),
        "r": {
            "on": "ORD-20261207-0001", "c": Uuid::from_u128(3), "cn": "Café Luna", "s": status, "ps": "pending",
            "t": "standard", "p": "normal", "ch": "direct", "dm": "pickup", "ca": 1, "rd": 2, "dd": "2026-12-08",
            "ic": 1, "tq": "17.500", "ta": "116.77", "bd": "116.77",
        },
        "b": {
            "pm": "cash", "pt": "immediate", "pd": "2026-12-08", "so": "api", "we": 3, "l": [], "g": "1.00",
            "ld": "0.00", "st": "1.00", "di": "0.00", "tx": "0.00", "tb": [], "df": "0.00", "dt": "0.00",
            "ra": "0.00", "ap": "0.00", "cu": "EUR", "cv": true, "av": false, "by": {"u": "u", "r": "member"},
            "ua": 1, "ub": {"u": "u", "r": "member"}, "h": [],
        },
    });
    serde_json::from_value(item).unwrap()
}

// D43: the whole event, and nothing of the note, the actor or the customer's name.
#[test]
fn an_order_event_says_exactly_this() {
    let event = Envelope::of_order(TENANT, &order("on_hold"), &entry()).unwrap();
    assert_eq!(
        serde_json::to_value(&event).unwrap(),
        serde_json::json!({
            "event_id": derived_id(&["event", "00000000-0000-0000-0000-000000000002", "1"]),
            "event_type": "order.created",
            "tenant_id": "00000000-0000-0000-0000-000000000001",
            "entity_id": "00000000-0000-0000-0000-000000000002",
            "sequence": 1,
            "version": 1,
            "occurred_at": "2026-12-07T09:00:00.123Z",
            "data": {
                "order_id": "00000000-0000-0000-0000-000000000002",
                "order_number": "ORD-20261207-0001",
                "customer_id": "00000000-0000-0000-0000-000000000003",
                "from_status": null,
                "to_status": "on_hold",
                "notify_customer": true,
                "after": {
                    "status": "on_hold", "total_amount": "116.77", "balance_due": "116.77",
                    "total_quantity": "17.500", "delivery_date": "2026-12-08",
                    "returned_amount": "0.00",
                },
                "requested_delivery_at": "2026-12-08T06:00:00Z",
                "hold_reason": "credit_limit_exceeded",
            },
        })
    );
}

// D43: a repeat is the same to the byte although the order has moved on; another entry is another event.
#[test]
fn a_repeat_is_identical_however_the_order_has_changed() {
    let body = |order: &Order, entry: &HistoryEntry| {
        Envelope::of_order(TENANT, order, entry)
            .unwrap()
            .message()
            .unwrap()
            .body
    };
    let mut later = order("delivered");
    later.version = 7;
    later.row.total_amount = Money::parse("1.00").unwrap();
    assert_eq!(body(&order("on_hold"), &entry()), body(&later, &entry()));
    let next = HistoryEntry {
        sequence: 2,
        ..entry()
    };
    assert_ne!(body(&later, &entry()), body(&later, &next));
}

// D43: entries that are the bakery's own business are not published.
#[test]
fn notes_and_notifications_are_not_published() {
    for event in [
        HistoryEvent::Note,
        HistoryEvent::Notified,
        HistoryEvent::QualityChecked,
    ] {
        assert_eq!(
            Envelope::of_order(TENANT, &order("ready"), &HistoryEntry { event, ..entry() }),
            None
        );
    }
    let amended = HistoryEntry {
        event: HistoryEvent::Amended,
        ..entry()
    };
    let event = Envelope::of_order(TENANT, &order("ready"), &amended).unwrap();
    assert_eq!(event.event_type, EventType::OrderAmended);
}

// D43, D28b: a return moves what the order comes to, so whoever adds orders up must hear of it.
#[test]
fn a_return_is_published_as_an_amendment() {
    let report = |event, field: &str| HistoryEntry {
        event,
        context: Some(serde_json::json!({"line": 1, "changed": {field: {"from": "0.000", "to": "1.000"}}})),
        ..entry()
    };
    let published = |entry: &HistoryEntry| Envelope::of_order(TENANT, &order("delivered"), entry);
    for event in [HistoryEvent::Note, HistoryEvent::QualityChecked] {
        let told = published(&report(event, "quantity_returned")).unwrap();
        assert_eq!(told.event_type, EventType::OrderAmended);
        assert_eq!(published(&report(event, "quantity_delivered")), None);
    }
    assert_eq!(
        published(&report(HistoryEvent::Notified, "quantity_returned")),
        None
    );
}

// D43: what is published is read back; unknown types are left to others, garbage is an error.
#[test]
fn events_are_read_back_as_they_were_published() {
    let event = Envelope::of_order(TENANT, &order("on_hold"), &entry()).unwrap();
    let message = event.message().unwrap();
    assert_eq!(message.attributes[1], ("event_type", "order.created".to_owned()));
    assert_eq!(Envelope::parse(&message.body).unwrap(), Some(event));
    assert_eq!(
        Envelope::parse(&message.body.replace("order.created", "order.sung")).unwrap(),
        None
    );
    assert!(Envelope::parse("{}").is_err());
    assert!(Envelope::parse(&message.body.replace("order_number", "number")).is_err());
}

// D43, D69
#[test]
fn a_plans_first_entry_is_its_creation_and_every_other_a_change_of_status() {
    let created = PlanChange {
        sequence: 1,
        from_status: None,
        to_status: PlanStatus::Calculating,
        version: 1,
        changed_at: at("2026-12-07T09:00:00Z"),
        changed_by: actor(),
        note: Some("not for others".into()),
        requirement: None,
    };
    let draft = PlanChange {
        sequence: 2,
        from_status: Some(PlanStatus::Calculating),
        to_status: PlanStatus::Draft,
        version: 2,
        ..created.clone()
    };
    let (actor, run) = (
        serde_json::json!({"u": "u", "r": "member"}),
        serde_json::json!({
            "horizon_days": 14, "safety_stock_percentage": "20.00", "lead_time_days": 3, "use_orders": true,
            "use_forecast": true,
        }),
    );
    let plan: Plan = serde_json::from_value(serde_json::json!({
        "id": Uuid::from_u128(4), "ver": 2, "wid": Uuid::from_u128(9),
        "r": {
            "pn": "PLAN-20261207-001", "t": "regular", "s": "draft", "hs": "2026-12-07", "he": "2026-12-20", "ca": 0,
        },
        "b": {"ld": "2026-12-07", "qa": 0, "pa": run, "by": actor, "ua": 0, "ub": actor, "h": []},
    }))
    .unwrap();
    let first = Envelope::of_plan(TENANT, &plan, &created).unwrap();
    assert_eq!(first.event_type, EventType::PlanCreated);
    // What happens to its requirements is the bakery's own business.
    let edited = PlanChange {
        sequence: 3,
        requirement: Some(crate::store::plans::RequirementChange {
            ingredient_id: "flour".into(),
            changed_fields: vec!["order_quantity".into()],
        }),
        ..draft.clone()
    };
    assert_eq!(Envelope::of_plan(TENANT, &plan, &edited), None);
    let event = Envelope::of_plan(TENANT, &plan, &draft).unwrap();
    assert_eq!(event.event_type, EventType::PlanStatusChanged);
    assert_eq!(
        serde_json::to_value(&event.data).unwrap(),
        serde_json::json!({
            "plan_id": "00000000-0000-0000-0000-000000000004", "plan_number": "PLAN-20261207-001",
            "plan_type": "regular", "from_status": "calculating", "to_status": "draft",
        })
    );
}
