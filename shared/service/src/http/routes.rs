//! The one route table. `template.yaml`, the watch router, `openapi.json` and the permission tests are held against it.

use http::Method;
use orders_domain::permissions::Action;

/// The prefix of everything that belongs to a tenant (D1).
pub const TENANT_PREFIX: &str = "/api/v1/tenants/{tenant_id}";

/// One method and path.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Route {
    /// The method.
    pub method: &'static str,
    /// The path template.
    pub path: &'static str,
    /// The function that serves it.
    pub function: &'static str,
    /// What the caller must be allowed to do; none for the open endpoints.
    pub action: Option<Action>,
    /// The query parameters it takes.
    pub query: &'static [&'static str],
    /// Whether it takes a body.
    pub body: bool,
}

macro_rules! routes {
    ($($name:ident: $method:literal $path:literal => $function:literal, $action:expr, body $body:literal, query [$($query:literal),*];)+) => {
        $(#[doc = concat!("`", $method, " ", $path, "`")]
        pub const $name: Route = Route {
            method: $method, path: $path, function: $function, action: $action, query: &[$($query),*], body: $body,
        };)+

        /// Every route.
        pub const ALL: &[Route] = &[$($name),+];
    };
}

routes! {
    HEALTH: "GET" "/health" => "health", None, body false, query [];
    OPENAPI_JSON: "GET" "/openapi.json" => "api-docs", None, body false, query [];
    DOCS: "GET" "/docs" => "api-docs", None, body false, query ["asset"];
    SERVICE_STATUS: "GET" "/api/v1/tenants/{tenant_id}/orders/status" => "service-status", Some(Action::Read), body false, query [];
    DEMAND_REQUIREMENTS: "GET" "/api/v1/tenants/{tenant_id}/orders/demand-requirements" => "demand-requirements", Some(Action::Read), body false, query ["target_date", "start_date", "end_date"];
    DASHBOARD_SUMMARY: "GET" "/api/v1/tenants/{tenant_id}/orders/dashboard-summary" => "dashboard-summary", Some(Action::Read), body false, query [];
    BUSINESS_MODEL: "GET" "/api/v1/tenants/{tenant_id}/orders/business-model" => "business-model", Some(Action::Read), body false, query [];
    CREATE_ORDER: "POST" "/api/v1/tenants/{tenant_id}/orders" => "create-order", Some(Action::WriteOrders), body true, query [];
    LIST_ORDERS: "GET" "/api/v1/tenants/{tenant_id}/orders" => "list-orders", Some(Action::Read), body false, query ["limit", "cursor", "sort", "status", "customer_id", "delivery_from", "delivery_to", "created_from", "created_to", "sales_channel", "order_number"];
    GET_ORDER: "GET" "/api/v1/tenants/{tenant_id}/orders/{order_id}" => "get-order", Some(Action::Read), body false, query [];
    UPDATE_ORDER_STATUS: "PUT" "/api/v1/tenants/{tenant_id}/orders/{order_id}/status" => "update-order-status", Some(Action::MoveOrderStatus), body true, query [];
    AMEND_ORDER: "PATCH" "/api/v1/tenants/{tenant_id}/orders/{order_id}" => "amend-order", Some(Action::WriteOrders), body true, query [];
    UPDATE_ORDER_ITEM: "PATCH" "/api/v1/tenants/{tenant_id}/orders/{order_id}/items/{line}" => "update-order-item", Some(Action::MoveOrderStatus), body true, query [];
    ORDER_HISTORY: "GET" "/api/v1/tenants/{tenant_id}/orders/{order_id}/history" => "get-order-history", Some(Action::Read), body false, query ["limit", "cursor"];
    RECORD_PAYMENT: "POST" "/api/v1/tenants/{tenant_id}/orders/{order_id}/payments" => "record-payment", Some(Action::WriteOrders), body true, query [];
    CREATE_CUSTOMER: "POST" "/api/v1/tenants/{tenant_id}/customers" => "create-customer", Some(Action::EditRecords), body true, query [];
    LIST_CUSTOMERS: "GET" "/api/v1/tenants/{tenant_id}/customers" => "list-customers", Some(Action::Read), body false, query ["limit", "cursor", "q", "is_active", "customer_type"];
    GET_CUSTOMER: "GET" "/api/v1/tenants/{tenant_id}/customers/{customer_id}" => "get-customer", Some(Action::Read), body false, query [];
    UPDATE_CUSTOMER: "PATCH" "/api/v1/tenants/{tenant_id}/customers/{customer_id}" => "update-customer", Some(Action::EditRecords), body true, query [];
    ERASE_CUSTOMER: "DELETE" "/api/v1/tenants/{tenant_id}/customers/{customer_id}/personal-data" => "erase-customer", Some(Action::ErasePersonalData), body false, query [];
    EXPORT_CUSTOMER: "GET" "/api/v1/tenants/{tenant_id}/customers/{customer_id}/export" => "export-customer", Some(Action::ExportPersonalData), body false, query ["cursor"];
    LIST_PRODUCTS: "GET" "/api/v1/tenants/{tenant_id}/catalog/products" => "get-catalog", Some(Action::Read), body false, query ["limit", "cursor"];
    LIST_INGREDIENTS: "GET" "/api/v1/tenants/{tenant_id}/catalog/ingredients" => "get-catalog", Some(Action::Read), body false, query ["limit", "cursor"];
    LIST_SUPPLIERS: "GET" "/api/v1/tenants/{tenant_id}/catalog/suppliers" => "get-catalog", Some(Action::Read), body false, query ["limit", "cursor"];
    GET_PRODUCT: "GET" "/api/v1/tenants/{tenant_id}/catalog/products/{product_id}" => "get-catalog", Some(Action::Read), body false, query [];
    GET_INGREDIENT: "GET" "/api/v1/tenants/{tenant_id}/catalog/ingredients/{ingredient_id}" => "get-catalog", Some(Action::Read), body false, query [];
    GET_SUPPLIER: "GET" "/api/v1/tenants/{tenant_id}/catalog/suppliers/{supplier_id}" => "get-catalog", Some(Action::Read), body false, query [];
    PUT_PRODUCT: "PUT" "/api/v1/tenants/{tenant_id}/catalog/products/{product_id}" => "put-catalog", Some(Action::EditRecords), body true, query [];
    PUT_INGREDIENT: "PUT" "/api/v1/tenants/{tenant_id}/catalog/ingredients/{ingredient_id}" => "put-catalog", Some(Action::EditRecords), body true, query [];
    PUT_SUPPLIER: "PUT" "/api/v1/tenants/{tenant_id}/catalog/suppliers/{supplier_id}" => "put-catalog", Some(Action::EditRecords), body true, query [];
    IMPORT_CATALOG: "POST" "/api/v1/tenants/{tenant_id}/catalog/import" => "import-catalog", Some(Action::EditRecords), body true, query [];
    IMPORT_SALES_HISTORY: "POST" "/api/v1/tenants/{tenant_id}/catalog/sales-history" => "import-sales-history", Some(Action::EditRecords), body true, query [];
    START_PLAN: "POST" "/api/v1/tenants/{tenant_id}/procurement/plans" => "start-plan", Some(Action::RunPlans), body true, query [];
    SIMULATE_PLAN: "POST" "/api/v1/tenants/{tenant_id}/procurement/plans/simulate" => "simulate-plan", Some(Action::RunPlans), body true, query [];
    GET_PLAN: "GET" "/api/v1/tenants/{tenant_id}/procurement/plans/{plan_id}" => "get-plan", Some(Action::Read), body false, query ["cursor"];
    LIST_PLANS: "GET" "/api/v1/tenants/{tenant_id}/procurement/plans" => "list-plans", Some(Action::Read), body false, query ["limit", "cursor", "status", "from", "to"];
    UPDATE_PLAN_STATUS: "PUT" "/api/v1/tenants/{tenant_id}/procurement/plans/{plan_id}/status" => "update-plan-status", Some(Action::WorkOnPlans), body true, query [];
    UPDATE_REQUIREMENT: "PUT" "/api/v1/tenants/{tenant_id}/procurement/plans/{plan_id}/requirements/{ingredient_id}" => "update-requirement", Some(Action::WorkOnPlans), body true, query [];
    PURCHASE_PROPOSAL: "GET" "/api/v1/tenants/{tenant_id}/procurement/plans/{plan_id}/purchase-proposal" => "purchase-proposal", Some(Action::Read), body false, query [];
    LIST_ALERTS: "GET" "/api/v1/tenants/{tenant_id}/alerts" => "list-alerts", Some(Action::Read), body false, query ["limit", "cursor", "status", "severity", "alert_type"];
    UPDATE_ALERT_STATUS: "PUT" "/api/v1/tenants/{tenant_id}/alerts/{alert_id}/status" => "update-alert-status", Some(Action::HandleAlerts), body true, query [];
    GET_SETTINGS: "GET" "/api/v1/tenants/{tenant_id}/settings" => "get-settings", Some(Action::Read), body false, query [];
    UPDATE_SETTINGS: "PATCH" "/api/v1/tenants/{tenant_id}/settings" => "update-settings", Some(Action::ChangeSettings), body true, query [];
}

/// The functions that no route reaches, with what wakes them.
pub const BACKGROUND_FUNCTIONS: &[(&str, &str)] = &[
    ("relay-events", "stream"),
    ("reconcile", "schedule"),
    ("project-orders", "queue"),
    ("raise-alerts", "queue"),
    ("notify-partners", "queue"),
    ("schedule-planning", "schedule"),
    ("plan-procurement", "queue"),
];

/// The values of a path's parameters, decoded.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct PathParameters(Vec<(&'static str, String)>);

impl PathParameters {
    /// The value of a parameter.
    pub fn get(&self, name: &str) -> &str {
        self.0
            .iter()
            .find(|(known, _)| *known == name)
            .map_or("", |(_, value)| value)
    }
}

/// The part of a raw path that the table speaks of: gateways may put a stage or a prefix before it.
fn strip_prefix(path: &str) -> &str {
    for anchor in ["/api/v1/tenants/", "/health", "/openapi.json", "/docs"] {
        if let Some(rest) = path.find(anchor).and_then(|at| path.get(at..)) {
            return rest;
        }
    }
    path
}

/// Whether a route takes a raw path, and the parameters in it. Static segments win over parameters because they stand
/// first in the table (D1).
pub fn match_path(route: &Route, raw_path: &str) -> Option<PathParameters> {
    let mut values = Vec::new();
    let mut segments = strip_prefix(raw_path).split('/');
    let mut wanted = route.path.split('/');
    loop {
        match (wanted.next(), segments.next()) {
            (None, None) => return Some(PathParameters(values)),
            (Some(template), Some(segment)) => {
                match template.strip_prefix('{').and_then(|name| name.strip_suffix('}')) {
                    Some(name) => {
                        let decoded = percent_encoding::percent_decode_str(segment).decode_utf8().ok()?;
                        values.push((name, decoded.into_owned()));
                    }
                    None if template == segment => {}
                    None => return None,
                }
            }
            _ => return None,
        }
    }
}

/// The first route that takes a method and path.
pub fn find(method: &Method, raw_path: &str) -> Option<&'static Route> {
    ALL.iter()
        .find(|route| route.method == method.as_str() && match_path(route, raw_path).is_some())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn static_segments_win_over_ids() {
        // D1
        let found = |path: &str| find(&Method::GET, path).map(|route| route.function);
        assert_eq!(found("/api/v1/tenants/t/orders/status"), Some("service-status"));
        assert_eq!(
            found("/api/v1/tenants/t/orders/demand-requirements"),
            Some("demand-requirements")
        );
        assert_eq!(found("/api/v1/tenants/t/orders/5"), Some("get-order"));
        assert_eq!(found("/api/v1/tenants/t/orders/5/6"), None);
        assert_eq!(found("/health"), Some("health"));
    }

    #[test]
    fn a_gateways_prefix_is_ignored_and_parameters_are_decoded() {
        let parameters = match_path(
            &GET_PRODUCT,
            "/stage/api/v1/tenants/t%2D1/catalog/products/rye%3Adark",
        )
        .unwrap();
        assert_eq!(parameters.get("tenant_id"), "t-1");
        assert_eq!(parameters.get("product_id"), "rye:dark");
    }
}
