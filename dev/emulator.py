"""The emulator as a process: start, find again, stop.

It and the function processes it starts form one process group, so that stopping reaches all of them, also after the
emulator itself has crashed. A process is only ever ended when it is provably ours: its id alone may have been reused.
"""

from __future__ import annotations

import json
import os
import shutil
import signal
import socket
import subprocess
import time
import urllib.error
import urllib.request
from dataclasses import asdict, dataclass

from dev import processes
from dev.settings import REGION, VENV, Failure, Paths, aws_environment, bare_environment

HOST = "127.0.0.1"
START_SECONDS = 30
STOP_SECONDS = 10
# Never through a proxy: everything here is on this machine.
_opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))


@dataclass(frozen=True)
class Emulator:
    """A running emulator, or one that has been."""

    pid: int
    started: str
    port: int

    @property
    def endpoint(self) -> str:
        """What AWS_ENDPOINT_URL is set to."""
        return f"http://{HOST}:{self.port}"

    def alive(self) -> bool:
        """Whether the process is still the one that was started."""
        found = processes.process(self.pid)
        return found is not None and found.started == self.started


def find(paths: Paths) -> Emulator | None:
    """The emulator that the state directory tells of, alive or not."""
    try:
        return Emulator(**json.loads(paths.process.read_text()))
    except FileNotFoundError:
        return None
    except (ValueError, TypeError):
        raise Failure(f"{paths.process} is damaged; end the emulator by hand and delete it") from None


def choose_port(wanted: int) -> int:
    """`wanted` if it is free, any free port for 0."""
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((HOST, wanted))
        except OSError:
            raise Failure(
                f"port {wanted} on {HOST} is in use by another program; "
                f"stop it, or choose another port: make up PORT={wanted + 1} (PORT=0 picks a free one)"
            ) from None
        return probe.getsockname()[1]


def start(paths: Paths, port: int) -> Emulator:
    """Starts the emulator; `wait_until_ready` tells when it can be used."""
    home = paths.scratch / "home"
    home.mkdir(parents=True, exist_ok=True)
    endpoint = f"http://{HOST}:{port}"
    environment = {
        **bare_environment(),
        **aws_environment(endpoint),
        "GATEWAY_PORT": str(port),
        "BIND_HOST": HOST,
        "MINISTACK_HOST": HOST,
        "MINISTACK_REGION": REGION,
        "IOT_MTLS_ENABLED": "0",
        "SFTP_ENABLED": "0",
        "PERSIST_STATE": "0",
        "TMPDIR": str(paths.scratch),
        # Functions inherit it: no profile of this machine's user may reach them.
        "HOME": str(home),
        # One thread per invocation in flight, and more for the calls those invocations make back.
        "MINISTACK_WORKER_THREADS": "512",
        "LAMBDA_ACCOUNT_CONCURRENCY": "200",
        # Functions run under their roles from the template: a missing permission shows here, not after deployment.
        "AUTH": "true",
        "PYTHONUNBUFFERED": "1",
    }
    with paths.log.open("wb") as log:
        process = subprocess.Popen(
            [str(VENV / "bin" / "python"), "-m", "ministack"],
            env=environment,
            cwd=paths.scratch,
            stdin=subprocess.DEVNULL,
            stdout=log,
            stderr=subprocess.STDOUT,
            start_new_session=True,
        )
    born = processes.process(process.pid)
    emulator = Emulator(process.pid, born.started if born else "", port)
    paths.process.write_text(json.dumps(asdict(emulator)))
    return emulator


def wait_until_ready(paths: Paths, emulator: Emulator) -> None:
    """Returns when the emulator answers."""
    deadline = time.monotonic() + START_SECONDS
    while time.monotonic() < deadline:
        # In this order: what answers may be another program that took the port a moment ago.
        answers = get_status(f"{emulator.endpoint}/_ministack/health") == 200
        if not emulator.alive():
            raise Failure(f"the emulator ended while starting:\n{log_tail(paths)}")
        if answers:
            return
        time.sleep(0.1)
    raise Failure(f"the emulator did not answer within {START_SECONDS} seconds:\n{log_tail(paths)}")


def get_status(url: str) -> int | None:
    """The status of a GET, none when nothing answers."""
    try:
        with _opener.open(url, timeout=10) as response:
            return response.status
    except urllib.error.HTTPError as error:
        return error.code
    except OSError:
        return None


def stop(paths: Paths) -> bool:
    """Ends the emulator and its functions and removes its state. False when there was nothing to stop."""
    emulator = find(paths)
    if emulator:
        _end_group(paths, emulator)
    found = emulator is not None or paths.stack_env.exists()
    for file in (paths.process, paths.stack_env, paths.log, paths.replays):
        file.unlink(missing_ok=True)
    shutil.rmtree(paths.scratch, ignore_errors=True)
    return found


def _end_group(paths: Paths, emulator: Emulator) -> None:
    # Functions end on SIGTERM and SIGKILL alike; the emulator gets a moment to close its listeners.
    for signal_number in (signal.SIGTERM, signal.SIGKILL):
        for pid in _members(paths, emulator):
            try:
                os.kill(pid, signal_number)
            except ProcessLookupError:
                continue
        deadline = time.monotonic() + STOP_SECONDS
        while time.monotonic() < deadline:
            if not _members(paths, emulator):
                return
            time.sleep(0.05)
    raise Failure(f"processes {_members(paths, emulator)} of the emulator do not end")


def _members(paths: Paths, emulator: Emulator) -> list[int]:
    """The emulator if it lives, and the processes of its group that run code from its scratch directory."""
    lives = emulator.alive()
    return [
        found.pid
        for found in processes.all_processes()
        if found.group == emulator.pid
        and (found.command.startswith(str(paths.scratch)) or (lives and found.pid == emulator.pid))
    ]


def log_tail(paths: Paths, lines: int = 25) -> str:
    """The end of what the emulator printed."""
    try:
        return "\n".join(paths.log.read_text(errors="replace").splitlines()[-lines:])
    except FileNotFoundError:
        return "(no log)"
