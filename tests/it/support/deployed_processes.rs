//! The processes in which the emulator runs a function's code.

use std::path::Path;
use std::process::Command;

use super::stack;

/// The processes of this stack, and of no other, that run a function.
pub(crate) fn of_function(name: &str) -> Vec<u32> {
    let entries = std::fs::read_dir("/proc").unwrap().flatten();
    let ids = entries.filter_map(|entry| entry.file_name().to_str()?.parse().ok());
    ids.filter(|id| runs(*id, name)).collect()
}

/// Whether the process is a function's own program, started by this stack's emulator. One that ends meanwhile is not.
fn runs(id: u32, name: &str) -> bool {
    let process = Path::new("/proc").join(id.to_string());
    let program = std::fs::read_link(process.join("exe")).unwrap_or_default();
    let environment = std::fs::read(process.join("environ")).unwrap_or_default();
    let has = |name: &str, value: &str| {
        environment
            .split(|byte| *byte == 0)
            .any(|entry| entry == format!("{name}={value}").as_bytes())
    };
    program.file_name().is_some_and(|file| file == "bootstrap")
        && has("AWS_LAMBDA_FUNCTION_NAME", name)
        && has("AWS_ENDPOINT_URL", stack::value("AWS_ENDPOINT_URL"))
}

/// Ends processes at once, without a chance to finish anything; one that has ended meanwhile is no failure.
pub(crate) fn kill(ids: &[u32]) {
    let words: Vec<_> = ids.iter().map(ToString::to_string).collect();
    // The shell's own kill: slim images have no program of that name.
    let script = format!("kill -KILL {} 2>/dev/null; true", words.join(" "));
    assert!(
        Command::new("sh")
            .args(["-c", &script])
            .status()
            .unwrap()
            .success()
    );
}
