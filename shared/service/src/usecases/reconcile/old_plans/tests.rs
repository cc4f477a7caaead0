use super::*;
use crate::auth::TenantId;
use crate::store::record::to_item;

const RUN: Uuid = Uuid::from_u128(3);

fn at(hours: i64) -> DateTime<Utc> {
    DateTime::UNIX_EPOCH + TimeDelta::hours(hours)
}

/// A plan that was made and became what it is at the beginning of time.
fn plan(status: &str, swept: bool) -> Plan {
    let actor = serde_json::json!({"u": "u", "r": "member"});
    let change = |sequence: u32, from: Option<&str>, to: &str| serde_json::json!({"n": sequence, "f": from, "t": to, "v": sequence, "a": 0, "b": actor});
    let plan = serde_json::json!({
        "id": Uuid::from_u128(4), "ver": 2, "wid": Uuid::from_u128(9),
        "r": {
            "pn": "PLAN-20261207-001", "t": "regular", "s": status, "hs": "2026-12-07", "he": "2026-12-20", "ca": 0,
            "sw": swept,
        },
        "b": {
            "ld": "2026-12-07", "at": 1, "qa": 0, "by": actor, "ua": 0, "ub": actor, "run": RUN,
            "h": [change(1, None, "calculating"), change(2, Some("calculating"), status)],
            "pa": {
                "horizon_days": 14, "safety_stock_percentage": "20.00", "lead_time_days": 3,
                "use_orders": true, "use_forecast": false,
            },
        },
    });
    serde_json::from_value(plan).unwrap()
}

fn is_due(status: &str, swept: bool, hours: i64) -> bool {
    let row = to_item(TenantId(Uuid::nil()), &plan(status, swept)).unwrap();
    due(&row, at(hours)).unwrap().is_some()
}

#[test]
fn what_an_index_row_says_is_looked_at_once_in_each_state() {
    // D69
    assert!(!is_due("calculating", false, 9_999));
    for status in [
        "draft",
        "pending_approval",
        "approved",
        "in_execution",
        "completed",
        "cancelled",
        "failed",
    ] {
        assert!(is_due(status, false, 2), "{status}");
        assert!(!is_due(status, true, 2), "{status}");
    }
    assert!(!is_due("draft", false, 1));
    // Swept or not, a draft grows old.
    assert!(!is_due("draft", true, 7 * 24));
    assert!(is_due("draft", true, 7 * 24 + 1));
    assert!(!is_due("pending_approval", true, 9_999));
    let order = Item::from([("k".to_owned(), crate::store::s("O"))]);
    assert_eq!(due(&order, at(0)).unwrap(), None);
}

#[test]
fn a_draft_is_as_old_as_its_last_return_and_edits_do_not_make_it_younger() {
    // D69
    let draft = plan("draft", false);
    assert!(!is_old_draft(&draft, at(7 * 24)));
    assert!(is_old_draft(&draft, at(7 * 24) + TimeDelta::seconds(1)));
    let mut edited = draft.clone();
    let change = crate::store::plans::RequirementChange {
        ingredient_id: "flour".into(),
        changed_fields: vec!["note".into()],
    };
    let actor = draft.body.created_by.clone();
    edited.requirement_changed(change, &actor, at(24), Uuid::nil());
    assert!(is_old_draft(&edited, at(7 * 24 + 1)));
    let mut sent_back = draft;
    for (status, hours) in [(PlanStatus::PendingApproval, 24), (PlanStatus::Draft, 48)] {
        sent_back.change_status(status, &actor, at(hours), Uuid::nil());
    }
    assert!(!is_old_draft(&sent_back, at(9 * 24)));
    assert!(is_old_draft(&sent_back, at(9 * 24 + 1)));
    for status in ["pending_approval", "approved", "failed"] {
        assert!(!is_old_draft(&plan(status, false), at(9_999)), "{status}");
    }
}

#[test]
fn rows_are_kept_as_long_as_somebody_may_read_them() {
    // D69
    let row = |sk: String, ttl: Option<DateTime<Utc>>| {
        let mut item = Item::from([
            ("pk".to_owned(), crate::store::s("T#t#PL#p")),
            ("sk".to_owned(), crate::store::s(sk)),
        ]);
        if let Some(ttl) = ttl {
            item.insert("ttl".into(), crate::store::n(ttl.timestamp()));
        }
        item
    };
    let (now, stray) = (at(2), Uuid::from_u128(8));
    let own = |ttl| row(format!("R#{RUN}#flour"), ttl);
    let lines = |run: Uuid| row(format!("L#{run}#0000"), None);
    let part = || row("H#001".to_owned(), None);
    let marked = |plan: &Plan, item: &Item| mark(plan, item, now).map(|(_, at)| at);
    for status in ["draft", "pending_approval", "approved", "in_execution"] {
        let plan = plan(status, false);
        assert_eq!(marked(&plan, &own(None)), None, "{status}");
        assert_eq!(marked(&plan, &lines(RUN)), None, "{status}");
        assert_eq!(marked(&plan, &part()), None, "{status}");
        assert_eq!(
            marked(&plan, &lines(stray)),
            Some(now + STRAY_ROWS_KEPT_FOR),
            "{status}"
        );
        // One that is marked stays as it is, however often it is looked at.
        let marked_before = row(format!("R#{stray}#flour"), Some(at(1)));
        assert_eq!(marked(&plan, &marked_before), None);
    }
    for status in ["cancelled", "failed"] {
        let plan = plan(status, false);
        let end = DateTime::UNIX_EPOCH + TimeDelta::days(30);
        assert_eq!(marked(&plan, &own(None)), Some(end), "{status}");
        assert_eq!(marked(&plan, &own(Some(end))), None, "{status}");
        assert_eq!(marked(&plan, &part()), None, "{status}");
    }
    let mut completed = plan("in_execution", true);
    let actor = completed.body.created_by.clone();
    completed.change_status(PlanStatus::Completed, &actor, at(1), Uuid::nil());
    let end = at(1) + TimeDelta::days(90);
    assert_eq!((completed.expires_at, completed.row.swept), (Some(end), false));
    for item in [own(None), lines(RUN), part(), own(Some(at(5)))] {
        assert_eq!(marked(&completed, &item), Some(end));
    }
    // The header has its own from the moment of completion.
    assert_eq!(marked(&completed, &row("P".to_owned(), None)), None);
    let item = to_item(TenantId(Uuid::nil()), &completed).unwrap();
    assert_eq!(number(&item, "ttl"), Some(end.timestamp()));
}

#[test]
fn a_plan_is_left_alone_while_a_computation_may_be_on_its_way() {
    // D69
    let cancelled = plan("cancelled", false);
    assert!(!is_to_be_swept(&cancelled, at(1)));
    assert!(is_to_be_swept(&cancelled, at(1) + TimeDelta::seconds(1)));
    assert!(!is_to_be_swept(&plan("cancelled", true), at(2)));
    assert!(!is_to_be_swept(&plan("calculating", false), at(2)));
}
