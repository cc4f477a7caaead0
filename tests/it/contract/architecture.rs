//! The invariants of ARCHITECTURE.md that neither a crate boundary nor a type holds.

use std::path::{Path, PathBuf};

use super::openapi::root;

fn sources(folder: &str) -> Vec<(PathBuf, String)> {
    let mut found = Vec::new();
    let mut folders = vec![Path::new(env!("CARGO_MANIFEST_DIR")).join("..").join(folder)];
    while let Some(folder) = folders.pop() {
        for entry in std::fs::read_dir(&folder).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                folders.push(path);
            } else if path.extension().is_some_and(|extension| extension == "rs") {
                let text = std::fs::read_to_string(&path).unwrap();
                found.push((path, text));
            }
        }
    }
    assert!(!found.is_empty(), "{folder} has no sources");
    found
}

#[test]
fn the_domain_knows_nothing_of_tokio_aws_or_lambda() {
    let manifest = root("shared/domain/Cargo.toml");
    for word in ["tokio", "aws", "lambda", "tracing", "reqwest", "uuid"] {
        assert!(
            !manifest.lines().any(|line| line.starts_with(word)),
            "shared/domain depends on {word}"
        );
    }
}

#[test]
fn handlers_and_answers_never_touch_the_store() {
    for folder in ["shared/service/src/http/handlers", "shared/service/src/http/dto"] {
        for (path, text) in sources(folder) {
            for word in ["tenant_store", "app.store(", "TenantStore", "aws_sdk"] {
                assert!(!text.contains(word), "{} uses {word}", path.display());
            }
        }
    }
}

#[test]
fn only_the_store_speaks_dynamodb() {
    for folder in ["shared/service/src/usecases", "shared/service/src/auth"] {
        for (path, text) in sources(folder) {
            assert!(
                !text.contains("aws_sdk_dynamodb::"),
                "{} speaks DynamoDB",
                path.display()
            );
        }
    }
}

#[test]
fn entry_points_are_wiring_only() {
    for (path, text) in sources("functions") {
        assert!(
            text.lines().count() <= 25,
            "{} is longer than 25 lines",
            path.display()
        );
    }
}
