//! The running local stack, as `make up` or `make test` describes it.

use std::collections::HashMap;
use std::sync::OnceLock;

/// The values of `stack.env`.
pub(crate) fn value(name: &str) -> &'static str {
    static VALUES: OnceLock<HashMap<String, String>> = OnceLock::new();
    let values = VALUES.get_or_init(|| {
        let root = concat!(env!("CARGO_MANIFEST_DIR"), "/..");
        let path = std::env::var("STACK_ENV_FILE").unwrap_or_else(|_| format!("{root}/.local/stack.env"));
        let text = std::fs::read_to_string(&path).unwrap_or_else(|error| {
            panic!("{path}: {error}. The tests need the local stack: run `make up`, or `make test`.")
        });
        text.lines()
            .filter_map(|line| line.split_once('='))
            .map(|(n, v)| (n.to_owned(), v.to_owned()))
            .collect()
    });
    values
        .get(name)
        .unwrap_or_else(|| panic!("stack.env has no {name}"))
}
