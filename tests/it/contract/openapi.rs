//! `openapi.json` is what the code says.

/// The repository's root.
pub(crate) fn root(path: &str) -> String {
    let full = format!("{}/../{path}", env!("CARGO_MANIFEST_DIR"));
    std::fs::read_to_string(&full).unwrap_or_else(|error| panic!("{full}: {error}"))
}

#[test]
fn the_committed_document_is_the_one_the_code_makes() {
    let generated = orders_service::openapi::to_json().unwrap();
    assert!(
        root("openapi.json") == generated,
        "openapi.json is out of date: run `make openapi` and commit what it writes"
    );
}
