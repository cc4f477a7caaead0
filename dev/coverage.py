"""`make coverage`: which lines the tests reach, as an HTML report under target/.

Counts what runs inside the test processes: unit, property and in-process acceptance tests. The deployed functions are
processes of the emulator, built without counters.
"""

from __future__ import annotations

import os
import subprocess
import sys

from dev import check
from dev.settings import ROOT, VENV, Failure, say

OUTPUT = ROOT / "target" / "coverage"


def tools() -> dict[str, str]:
    """The two LLVM programs that match the compiler; rustup's own component is not needed."""
    found = {}
    for variable, name in (("LLVM_COV", "llvm-cov"), ("LLVM_PROFDATA", "llvm-profdata")):
        matches = sorted((VENV / "lib").glob(f"python*/site-packages/llvm/bin/{name}"))
        if not matches:
            raise Failure(f"{name} is missing from the venv: delete .local/venv and run make coverage again")
        found[variable] = str(matches[0])
    return found


def main() -> int:
    """Runs the tests with counters against a stack of their own and writes the report."""
    code = 1
    try:
        # These LLVM programs are built without zlib and could not read compressed names.
        flags = f"{os.environ.get('RUSTFLAGS', '')} -Cllvm-args=-enable-name-compression=false".strip()
        environment = {**check.environment(), **tools(), "RUSTFLAGS": flags}
        check.step("clear what an earlier run left", check.stack("down"))
        check.step("stack", check.stack("up"))
        command = ["cargo", "llvm-cov", "nextest", "--workspace", "--html", "--output-dir", str(OUTPUT)]
        # A report all the same: whether the tests pass is for `make test` to say.
        command.append("--ignore-run-fail")
        code = subprocess.run(command, cwd=ROOT, env=environment, check=False).returncode
    except check.Failed as failed:
        code = failed.code
    except Failure as failure:
        say(f"error: {failure}")
    except KeyboardInterrupt:
        code = 130
    finally:
        check.stack("down")()
    if code == 0:
        say(f"==> {OUTPUT / 'html' / 'index.html'}")
    return code


if __name__ == "__main__":
    sys.exit(main())
