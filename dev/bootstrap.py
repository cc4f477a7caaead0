"""Makes the virtual environment with the pinned tools. Standard library only: it runs before anything is there.

`python3 -m dev.bootstrap [requirements file …]` installs when a requirements file changed, and does nothing otherwise.
"""

from __future__ import annotations

import hashlib
import os
import shutil
import subprocess
import sys
import venv
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
VENV = ROOT / ".local" / "venv"
OLDEST_PYTHON = (3, 11)


def _digest(requirements: Path) -> str:
    version = ".".join(map(str, sys.version_info[:3]))
    return hashlib.sha256(f"{version}\n{VENV}\n".encode() + requirements.read_bytes()).hexdigest()


def ensure(requirements: Path) -> None:
    """Installs `requirements` into the venv unless exactly this was done before."""
    stamp = VENV / f"{requirements.stem}.sha256"
    digest = _digest(requirements)
    if stamp.is_file() and stamp.read_text() == digest:
        return
    main = requirements.name == "requirements.txt"
    print(f"==> installing {requirements.relative_to(ROOT)} into {VENV.relative_to(ROOT)}", flush=True)
    if main and VENV.exists():
        # From scratch: pip leaves behind what a requirements file no longer names.
        shutil.rmtree(VENV)
    if not VENV.exists():
        venv.create(VENV, with_pip=True)
    command = [str(VENV / "bin" / "python"), "-m", "pip", "install", "--disable-pip-version-check"]
    command += ["--no-deps", "--requirement", str(requirements)]
    subprocess.run(command, check=True, env={**os.environ, "PIP_REQUIRE_VIRTUALENV": "1"})
    if main:
        # --no-deps makes the file the whole truth; this tells when it lacks something.
        subprocess.run([str(VENV / "bin" / "python"), "-m", "pip", "check"], check=True)
    stamp.write_text(digest)


def main(arguments: list[str]) -> int:
    """Installs each of the named files, `dev/requirements.txt` when none is named."""
    if sys.version_info < OLDEST_PYTHON:
        found = ".".join(map(str, sys.version_info[:2]))
        oldest = ".".join(map(str, OLDEST_PYTHON))
        print(f"error: Python {oldest} or newer is needed, this is {found}", file=sys.stderr)
        return 1
    for name in arguments or ["dev/requirements.txt"]:
        try:
            ensure(ROOT / name)
        except subprocess.CalledProcessError as error:
            print(f"error: {' '.join(map(str, error.cmd[:4]))} … ended with {error.returncode}", file=sys.stderr)
            return 1
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
