"""Where the local stack keeps its state, and what it runs with. All of it lies under STATE_DIR, `.local` by default."""

from __future__ import annotations

import fcntl
import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
VENV = ROOT / ".local" / "venv"
REGION = "us-east-1"
STACK_NAME = "orders"
DEFAULT_PORT = 4566
AUTH_ISSUER = "https://auth.orders.local/"
AUTH_AUDIENCE = "orders-api"
# Accepted by the emulator and by nothing else.
CREDENTIALS = {"AWS_ACCESS_KEY_ID": "test", "AWS_SECRET_ACCESS_KEY": "test"}


class Failure(Exception):
    """Something the person at the keyboard can act on; the message says how."""


@dataclass(frozen=True)
class Paths:
    """The files of one stack."""

    state: Path

    @classmethod
    def from_environment(cls) -> Paths:
        return cls((ROOT / (os.environ.get("STATE_DIR") or ".local")).resolve())

    @property
    def stack_env(self) -> Path:
        """The stack's addresses and keys, for tests and tools."""
        return self.state / "stack.env"

    @property
    def process(self) -> Path:
        """What is needed to find the emulator again, and to tell it from a stranger that got its process id."""
        return self.state / "emulator.json"

    @property
    def lock(self) -> Path:
        """Held while the stack is started or stopped."""
        return self.state / "lock"

    @property
    def log(self) -> Path:
        """What the emulator prints."""
        return self.state / "emulator.log"

    @property
    def replays(self) -> Path:
        """What `dev.replay` and `dev.demo` remember of this stack."""
        return self.state / "replay.json"

    @property
    def scratch(self) -> Path:
        """TMPDIR and HOME of the emulator: its own files and the functions' unpacked code."""
        return self.state / "emulator"


@contextmanager
def only_one(paths: Paths) -> Iterator[None]:
    """Keeps two commands from starting or stopping the same stack at once.

    # Errors
    Failure when another one is at it.
    """
    paths.state.mkdir(parents=True, exist_ok=True)
    with paths.lock.open("w") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise Failure(f"another command is starting or stopping the stack in {paths.state}") from None
        try:
            yield
        finally:
            paths.lock.unlink(missing_ok=True)


def port_from_environment() -> int:
    """PORT, or the default; 0 asks for any free one."""
    text = os.environ.get("PORT") or str(DEFAULT_PORT)
    if not text.isdigit() or int(text) > 65535:
        raise Failure(f"PORT={text} is no port number (0 picks a free one)")
    return int(text)


def read_stack_env(path: Path) -> dict[str, str]:
    """The KEY=value lines of a stack.env."""
    lines = path.read_text().splitlines()
    return dict(line.split("=", 1) for line in lines if "=" in line and not line.startswith("#"))


def write_stack_env(path: Path, values: dict[str, str]) -> None:
    """Writes a stack.env in one go, readable by its owner only: it holds a signing key."""
    partial = path.with_suffix(".partial")
    partial.touch(mode=0o600)
    partial.write_text("".join(f"{name}={value}\n" for name, value in values.items()))
    partial.replace(path)


def bare_environment() -> dict[str, str]:
    """What a program needs of this machine's environment; functions must not see more of it than on AWS."""
    wanted = {"PATH", "LANG", "LC_ALL", "TZ", "SSL_CERT_FILE", "SSL_CERT_DIR"}
    return {name: value for name, value in os.environ.items() if name in wanted}


def clean_environment() -> dict[str, str]:
    """The environment for tools that need their own settings, without anything of AWS or a proxy."""
    proxies = {"http_proxy", "https_proxy", "all_proxy", "no_proxy"}
    return {k: v for k, v in os.environ.items() if not k.startswith("AWS_") and k.lower() not in proxies}


def aws_environment(endpoint: str) -> dict[str, str]:
    """What an AWS SDK needs to talk to the emulator and to nothing else."""
    return {
        **CREDENTIALS,
        "AWS_REGION": REGION,
        "AWS_DEFAULT_REGION": REGION,
        "AWS_ENDPOINT_URL": endpoint,
        "AWS_EC2_METADATA_DISABLED": "true",
    }


def say(text: str) -> None:
    """A line of progress; standard output stays free for results."""
    print(text, file=sys.stderr, flush=True)
