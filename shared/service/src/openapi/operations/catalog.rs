//! Operations on the catalog.

use super::{Operation, Shape};
use crate::http::dto::catalog::import::CatalogImportResults;
use crate::http::dto::catalog::sales_history::{SalesHistoryImported, SalesHistorySchema};
use crate::http::dto::catalog::schemas::{
    CatalogImportInput, Ingredient, IngredientInput, Product, ProductInput, Supplier, SupplierInput,
};
use crate::http::routes;
use crate::problem::ProblemCode;

pub(super) fn all() -> Vec<Operation> {
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
    let list = |route, id, summary, answer| Operation {
        answer_description: "A page of entries, by id.",
        versioned: false,
        ..get(route, id, summary, answer)
    };
    let put = |route, id, summary, request, answer| Operation {
        description: "Answers 201 when the entry is new. What is left out takes its default.",
        request: Some(request),
        problems: &[ProblemCode::RecipeCycle, ProblemCode::VersionConflict],
        ..get(route, id, summary, answer)
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
