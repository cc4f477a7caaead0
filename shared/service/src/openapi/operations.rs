//! What each route reads, answers and may refuse: the part of the document that is not in the route table.

use utoipa::ToSchema;
use utoipa::openapi::schema::{ArrayBuilder, ObjectBuilder, SchemaType, Type};
use utoipa::openapi::{Ref, RefOr, Schema};

use crate::http::dto::alerts::AlertView;
use crate::http::dto::catalog::import::CatalogImportResults;
use crate::http::dto::catalog::sales_history::{SalesHistoryImported, SalesHistorySchema};
use crate::http::dto::catalog::schemas::{
    CatalogImportInput, Ingredient, IngredientInput, Product, ProductInput, Supplier, SupplierInput,
};
use crate::http::dto::customers::{CustomerRowView, CustomerView, NewCustomerSchema};
use crate::http::dto::demand::DemandView;
use crate::http::dto::orders::request::{NewOrderSchema, StatusMoveSchema};
use crate::http::dto::orders::{OrderRowView, OrderView};
use crate::http::dto::plans::{NewPlanSchema, PlanDetailView, PlanView};
use crate::http::dto::service::{HealthView, ServiceStatusView};
use crate::http::routes::{self, Route};
use crate::problem::ProblemCode;

/// A documented route.
pub struct Operation {
    /// The route.
    pub route: &'static Route,
    /// `operationId`
    pub id: &'static str,
    /// The group it is shown in.
    pub tag: &'static str,
    /// One line.
    pub summary: &'static str,
    /// More, where one line does not do.
    pub description: &'static str,
    /// What it reads.
    pub request: Option<Shape>,
    /// The status of a good answer.
    pub status: u16,
    /// What a good answer is.
    pub answer_description: &'static str,
    /// What it answers.
    pub answer: Shape,
    /// Whether the answer carries an ETag.
    pub versioned: bool,
    /// The problems that are its own, besides those of every request.
    pub problems: &'static [ProblemCode],
}

/// A type in the document.
pub struct Shape {
    /// How operations point to it.
    pub reference: fn() -> RefOr<Schema>,
    /// It and everything it is made of, by name.
    pub schemas: fn() -> Vec<(String, RefOr<Schema>)>,
}

impl Shape {
    /// A type by itself.
    pub const fn of<T: ToSchema>() -> Self {
        Self {
            reference: || Ref::from_schema_name(T::name()).into(),
            schemas: || {
                let mut schemas = vec![(T::name().into_owned(), T::schema())];
                T::schemas(&mut schemas);
                schemas
            },
        }
    }

    /// A page of a list of a type (D8).
    pub const fn list_of<T: ToSchema>() -> Self {
        Self {
            reference: || {
                let cursor = ObjectBuilder::new()
                    .schema_type(SchemaType::from_iter([Type::String, Type::Null]))
                    .description(Some("Where the next page starts; null on the last one."));
                ObjectBuilder::new()
                    .property(
                        "items",
                        ArrayBuilder::new().items(Ref::from_schema_name(T::name())),
                    )
                    .property("next_cursor", cursor)
                    .required("items")
                    .required("next_cursor")
                    .into()
            },
            schemas: Self::of::<T>().schemas,
        }
    }
}

/// Every documented route.
pub fn all() -> Vec<Operation> {
    let mut operations = vec![
        Operation {
            route: &routes::HEALTH,
            id: "health",
            tag: "service",
            summary: "Whether the service is there",
            description: "Touches nothing else.",
            request: None,
            status: 200,
            answer_description: "It is there.",
            answer: Shape::of::<HealthView>(),
            versioned: false,
            problems: &[],
        },
        Operation {
            route: &routes::SERVICE_STATUS,
            id: "serviceStatus",
            tag: "service",
            summary: "How the service is doing",
            description: "",
            request: None,
            status: 200,
            answer_description: "The state of the table, the partners and the features.",
            answer: Shape::of::<ServiceStatusView>(),
            versioned: false,
            problems: &[],
        },
    ];
    operations.extend(orders());
    operations.extend(customers());
    operations.extend(planning());
    operations.extend(catalog());
    operations
}

fn orders() -> Vec<Operation> {
    vec![
        Operation {
            route: &routes::CREATE_ORDER,
            id: "createOrder",
            tag: "orders",
            summary: "Take an order",
            description: "All or nothing. Prices that are not sent come from the catalog. An order that the customer's \
                          credit or payment terms do not allow is stored on hold.",
            request: Some(Shape::of::<NewOrderSchema>()),
            status: 201,
            answer_description: "The order.",
            answer: Shape::of::<OrderView>(),
            versioned: true,
            problems: &[
                ProblemCode::CustomerNotFound,
                ProblemCode::CustomerInactive,
                ProblemCode::CustomerOnHold,
                ProblemCode::TooManyItems,
                ProblemCode::OrderValueOutOfRange,
                ProblemCode::OrderTooLarge,
                ProblemCode::DeliveryMethodDisabled,
                ProblemCode::DiscountsDisabled,
                ProblemCode::DiscountExceedsMaximum,
                ProblemCode::DiscountExceedsLine,
                ProblemCode::DiscountExceedsSubtotal,
                ProblemCode::AmountOverflow,
                ProblemCode::PriceUnknown,
                ProblemCode::OrderProcessingDisabled,
            ],
        },
        Operation {
            route: &routes::LIST_ORDERS,
            id: "listOrders",
            tag: "orders",
            summary: "List orders",
            description: "A short page with a cursor is legal; the list ends where next_cursor is null.",
            request: None,
            status: 200,
            answer_description: "A page of orders.",
            answer: Shape::list_of::<OrderRowView>(),
            versioned: false,
            problems: &[],
        },
        Operation {
            route: &routes::GET_ORDER,
            id: "getOrder",
            tag: "orders",
            summary: "Read an order",
            description: "",
            request: None,
            status: 200,
            answer_description: "The order.",
            answer: Shape::of::<OrderView>(),
            versioned: true,
            problems: &[],
        },
        Operation {
            route: &routes::UPDATE_ORDER_STATUS,
            id: "updateOrderStatus",
            tag: "orders",
            summary: "Move an order on",
            description: "The same status again changes nothing. Each real change is one row of the order's history.",
            request: Some(Shape::of::<StatusMoveSchema>()),
            status: 200,
            answer_description: "The order after the change.",
            answer: Shape::of::<OrderView>(),
            versioned: true,
            problems: &[
                ProblemCode::InvalidStatusTransition,
                ProblemCode::ReasonRequired,
                ProblemCode::CreditLimitExceeded,
                ProblemCode::VersionConflict,
                ProblemCode::OrderTooLarge,
            ],
        },
    ]
}

fn customers() -> Vec<Operation> {
    vec![
        Operation {
            route: &routes::CREATE_CUSTOMER,
            id: "createCustomer",
            tag: "customers",
            summary: "Create a customer",
            description: "Payment terms, credit limit and discount need an admin.",
            request: Some(Shape::of::<NewCustomerSchema>()),
            status: 201,
            answer_description: "The customer.",
            answer: Shape::of::<CustomerView>(),
            versioned: true,
            problems: &[
                ProblemCode::CustomerAlreadyExists,
                ProblemCode::CustomerLimitReached,
            ],
        },
        Operation {
            route: &routes::LIST_CUSTOMERS,
            id: "listCustomers",
            tag: "customers",
            summary: "List customers by name",
            description: "",
            request: None,
            status: 200,
            answer_description: "A page of customers.",
            answer: Shape::list_of::<CustomerRowView>(),
            versioned: false,
            problems: &[],
        },
        Operation {
            route: &routes::GET_CUSTOMER,
            id: "getCustomer",
            tag: "customers",
            summary: "Read a customer",
            description: "",
            request: None,
            status: 200,
            answer_description: "The customer with its credit.",
            answer: Shape::of::<CustomerView>(),
            versioned: true,
            problems: &[],
        },
    ]
}

fn planning() -> Vec<Operation> {
    vec![
        Operation {
            route: &routes::DEMAND_REQUIREMENTS,
            id: "demandRequirements",
            tag: "planning",
            summary: "What has to be baked",
            description: "Per product and day, firm and tentative apart. Without dates: the planning horizon from today.",
            request: None,
            status: 200,
            answer_description: "The demand of orders that are pending, confirmed or in production.",
            answer: Shape::of::<DemandView>(),
            versioned: false,
            problems: &[],
        },
        Operation {
            route: &routes::START_PLAN,
            id: "startPlan",
            tag: "planning",
            summary: "Start a procurement plan",
            description: "Answers at once with the plan's header; the plan is computed in the background and becomes a draft.",
            request: Some(Shape::of::<NewPlanSchema>()),
            status: 202,
            answer_description: "The plan's header, calculating.",
            answer: Shape::of::<PlanView>(),
            versioned: true,
            problems: &[ProblemCode::ProcurementPlanningDisabled],
        },
        Operation {
            route: &routes::GET_PLAN,
            id: "getPlan",
            tag: "planning",
            summary: "Read a procurement plan",
            description: "",
            request: None,
            status: 200,
            answer_description: "The plan with its requirements; those are empty while it is calculating.",
            answer: Shape::of::<PlanDetailView>(),
            versioned: true,
            problems: &[],
        },
        Operation {
            route: &routes::LIST_ALERTS,
            id: "listAlerts",
            tag: "alerts",
            summary: "List alerts, latest first",
            description: "",
            request: None,
            status: 200,
            answer_description: "A page of alerts.",
            answer: Shape::list_of::<AlertView>(),
            versioned: false,
            problems: &[],
        },
    ]
}

fn catalog() -> Vec<Operation> {
    let list = |route, id, summary, answer| Operation {
        route,
        id,
        tag: "catalog",
        summary,
        description: "",
        request: None,
        status: 200,
        answer_description: "A page of entries, by id.",
        answer,
        versioned: false,
        problems: &[],
    };
    let get = |route, id, summary, answer| Operation {
        route,
        id,
        tag: "catalog",
        summary,
        description: "",
        request: None,
        status: 200,
        answer_description: "The entry.",
        answer,
        versioned: true,
        problems: &[],
    };
    let put = |route, id, summary, request, answer| Operation {
        route,
        id,
        tag: "catalog",
        summary,
        description: "Answers 201 when the entry is new. What is left out takes its default.",
        request: Some(request),
        status: 200,
        answer_description: "The entry.",
        answer,
        versioned: true,
        problems: &[ProblemCode::RecipeCycle, ProblemCode::VersionConflict],
    };
    vec![
        list(
            &routes::LIST_PRODUCTS,
            "listProducts",
            "List products",
            Shape::list_of::<Product>(),
        ),
        list(
            &routes::LIST_INGREDIENTS,
            "listIngredients",
            "List ingredients",
            Shape::list_of::<Ingredient>(),
        ),
        list(
            &routes::LIST_SUPPLIERS,
            "listSuppliers",
            "List suppliers",
            Shape::list_of::<Supplier>(),
        ),
        get(
            &routes::GET_PRODUCT,
            "getProduct",
            "Read a product",
            Shape::of::<Product>(),
        ),
        get(
            &routes::GET_INGREDIENT,
            "getIngredient",
            "Read an ingredient",
            Shape::of::<Ingredient>(),
        ),
        get(
            &routes::GET_SUPPLIER,
            "getSupplier",
            "Read a supplier",
            Shape::of::<Supplier>(),
        ),
        put(
            &routes::PUT_PRODUCT,
            "putProduct",
            "Write a product with its recipe",
            Shape::of::<ProductInput>(),
            Shape::of::<Product>(),
        ),
        put(
            &routes::PUT_INGREDIENT,
            "putIngredient",
            "Write an ingredient with its stock and offers",
            Shape::of::<IngredientInput>(),
            Shape::of::<Ingredient>(),
        ),
        put(
            &routes::PUT_SUPPLIER,
            "putSupplier",
            "Write a supplier with its calendar",
            Shape::of::<SupplierInput>(),
            Shape::of::<Supplier>(),
        ),
        Operation {
            route: &routes::IMPORT_CATALOG,
            id: "importCatalog",
            tag: "catalog",
            summary: "Write many entries",
            description: "Up to 100 of each kind. A faulty row fails alone; the others are written.",
            request: Some(Shape::of::<CatalogImportInput>()),
            status: 200,
            answer_description: "One result for each row, in the order of the request.",
            answer: Shape::of::<CatalogImportResults>(),
            versioned: false,
            problems: &[ProblemCode::RecipeCycle],
        },
        Operation {
            route: &routes::IMPORT_SALES_HISTORY,
            id: "importSalesHistory",
            tag: "catalog",
            summary: "Write daily sales of the past",
            description: "Up to 1000 rows of past days; a row that is sent again replaces the one before.",
            request: Some(Shape::of::<SalesHistorySchema>()),
            status: 200,
            answer_description: "What was taken.",
            answer: Shape::of::<SalesHistoryImported>(),
            versioned: false,
            problems: &[],
        },
    ]
}
