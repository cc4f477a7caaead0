"""`make test`: every check, in the order of what tells most soonest; stops at the first that fails.

The acceptance tests run against a stack of their own, on a free port and beside whatever else is running, which is
stopped again in any case.
"""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

from dev import expand
from dev.settings import CREDENTIALS, REGION, ROOT, VENV, Failure, clean_environment, say

STATE = ROOT / ".local" / "test"
STACK_ENV = STATE / "stack.env"
CARGO_PROFILE = "local"


class Failed(Exception):
    """A check failed; `code` is its exit code."""

    def __init__(self, name: str, code: int) -> None:
        super().__init__(name)
        self.code = code


def environment() -> dict[str, str]:
    """What the checks run in: the pinned tools first, nothing of this machine's AWS configuration."""
    return {
        **clean_environment(),
        **CREDENTIALS,
        "AWS_REGION": REGION,
        "AWS_EC2_METADATA_DISABLED": "true",
        "PATH": f"{VENV / 'bin'}{os.pathsep}{os.environ['PATH']}",
        "STATE_DIR": str(STATE),
        "STACK_ENV_FILE": str(STACK_ENV),
        "PORT": "0",
    }


def command(*arguments: str | Path) -> Callable[[], int]:
    """A check that is one command."""
    return lambda: subprocess.run(list(map(str, arguments)), cwd=ROOT, env=environment(), check=False).returncode


def lint_template() -> int:
    """cfn-lint on template.yaml as written, on what the SAM transform makes of it, and on what the emulator gets."""
    STATE.mkdir(parents=True, exist_ok=True)
    expanded = STATE / "template.expanded.json"
    adapted = STATE / "template.emulator.json"
    expanded.write_text(expand.as_json(expand.expand({})))
    adapted.write_text(expand.as_json(expand.adapt_to_emulator(expand.expand({"CanaryDeployments": "false"}))))
    lint = [str(VENV / "bin" / "cfn-lint")]
    checks = [
        [*lint, "template.yaml"],
        # W2001: the transform uses up parameters such as the one that switches canaries.
        [*lint, "--ignore-checks", "W2001", "--", str(expanded)],
        # W3037: an action that only the emulator knows.
        [*lint, "--ignore-checks", "W2001", "W3037", "--", str(adapted)],
    ]
    codes = [subprocess.run(check, cwd=ROOT, check=False).returncode for check in checks]
    expanded.unlink()
    adapted.unlink()
    return max(codes)


def supply_chain() -> int:
    """cargo-deny without its advisories, whose database has to be fetched."""
    say("    (advisories need the network and are left out; `cargo deny check advisories` looks them up)")
    # cargo-deny looks at crates of every platform in the lock file, and a build fetches only its own platform's.
    return (
        command("cargo", "fetch", "--quiet", "--locked")()
        or command("cargo", "deny", "--offline", "check", "bans", "licenses", "sources")()
    )


def stack(*arguments: str) -> Callable[[], int]:
    """Starts or stops the stack of the tests."""
    return command(sys.executable, "-m", "dev.stack", *arguments)


def step(name: str, check: Callable[[], int]) -> None:
    """Runs one check and tells how long it took."""
    say(f"\n==> {name}")
    begun = time.monotonic()
    code = check()
    say(f"    {name}: {'ok' if code == 0 else f'FAILED ({code})'} after {time.monotonic() - begun:.1f} s")
    if code:
        raise Failed(name, code if code > 0 else 128 - code)


def run(filters: list[str]) -> None:
    """All checks; `filters` narrow down the Rust tests."""
    python = sys.executable
    step("format", command("cargo", "fmt", "--all", "--check"))
    step("template", lint_template)
    step("supply chain", supply_chain)
    clippy = ["cargo", "clippy", "--workspace", "--all-targets", "--profile", CARGO_PROFILE, "--", "-D", "warnings"]
    step("lints", command(*clippy))
    step("Python tests", command(python, "-m", "unittest", "discover", "-s", "dev/tests", "-t", "."))
    step("build", command("cargo", "build", "--workspace", "--all-targets", "--profile", CARGO_PROFILE))
    step("clear what an earlier run left", stack("down"))
    try:
        # Built above. On its own the package has fewer features switched on: all it needs would be built a second time.
        step("stack", stack("up", "--no-build"))
        nextest = ["cargo", "nextest", "run", "--cargo-profile", CARGO_PROFILE, "--workspace"]
        step("Rust tests", command(*nextest, *filters))
        # Always the same requests, so that what failed here fails again; `make schemathesis` looks further.
        generated = ["--seed", "1", "--max-examples", "8", "--phases", "examples,fuzzing,stateful"]
        step("generated requests", command(python, "-m", "dev.schemathesis_run", *generated))
    finally:
        step("stop the stack", stack("down"))


def main() -> int:
    """Runs everything; the exit code is that of the first failure."""
    # A CI job that is cancelled gets SIGTERM: let the stack be stopped then too.
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))
    begun = time.monotonic()
    try:
        run(sys.argv[1:])
    except Failed as failed:
        say(f"\n{failed} FAILED after {time.monotonic() - begun:.0f} s in all")
        return failed.code
    except Failure as failure:
        say(f"error: {failure}")
        return 1
    except KeyboardInterrupt:
        say("interrupted")
        return 130
    say(f"\neverything passed in {time.monotonic() - begun:.0f} s")
    return 0


if __name__ == "__main__":
    sys.exit(main())
