//! The route table, the watch router, `functions/` and `openapi.json` name the same routes. That `template.yaml` has those
//! of the watch router is held by `dev/tests/test_template.py`, which reads YAML.

use std::collections::BTreeSet;

use orders_service::http::{handlers, routes};
use serde_json::Value;

use super::openapi::root;

fn table() -> BTreeSet<(String, String, String)> {
    routes::ALL
        .iter()
        .map(|r| (r.method.to_owned(), r.path.to_owned(), r.function.to_owned()))
        .collect()
}

#[test]
fn every_route_has_an_endpoint() {
    let served: BTreeSet<_> = handlers::all()
        .iter()
        .map(|e| {
            (
                e.route.method.to_owned(),
                e.route.path.to_owned(),
                e.route.function.to_owned(),
            )
        })
        .collect();
    assert_eq!(served, table());
}

#[test]
fn the_openapi_document_has_every_route() {
    let document: Value = serde_json::from_str(&root("openapi.json")).unwrap();
    let mut documented = BTreeSet::new();
    for (path, item) in document["paths"].as_object().unwrap() {
        for method in item.as_object().unwrap().keys() {
            documented.insert((method.to_uppercase(), path.clone()));
        }
    }
    let wanted: BTreeSet<_> = table()
        .into_iter()
        .map(|(method, path, _)| (method, path))
        .collect();
    assert_eq!(documented, wanted);
}

#[test]
fn every_function_is_a_binary_and_nothing_else_is() {
    let mut wanted: BTreeSet<_> = routes::ALL.iter().map(|r| r.function.to_owned()).collect();
    wanted.extend(
        routes::BACKGROUND_FUNCTIONS
            .iter()
            .map(|(name, _)| (*name).to_owned()),
    );
    let manifest = root("functions/Cargo.toml");
    let binaries: BTreeSet<_> = manifest
        .lines()
        .filter_map(|line| line.strip_prefix("name = \"")?.strip_suffix('"'))
        .filter(|name| *name != "functions")
        .map(str::to_owned)
        .collect();
    assert_eq!(binaries, wanted);
}

#[test]
fn the_watch_router_has_the_routes_and_no_others() {
    let manifest = root("Cargo.toml");
    let (_, router) = manifest
        .split_once("[workspace.metadata.lambda.watch.router]")
        .unwrap();
    let mut found = BTreeSet::new();
    for line in router.lines().filter(|line| line.starts_with('"')) {
        let (path, targets) = line.split_once('=').unwrap();
        for target in targets.split('{').skip(1) {
            let words: Vec<_> = target.split('"').collect();
            found.insert((
                words[1].to_owned(),
                path.trim().trim_matches('"').to_owned(),
                words[3].to_owned(),
            ));
        }
    }
    assert_eq!(found, table());
}
