"""The functions' log lines as they come, from the emulator's CloudWatch Logs."""

from __future__ import annotations

import time
from typing import Any

from botocore.exceptions import BotoCoreError, ClientError

from dev import deploy, emulator
from dev.settings import Failure, Paths

POLL_SECONDS = 0.5
# Lines of the platform around each invocation; the functions' own are JSON.
_PLATFORM = ("START ", "END ", "REPORT ", "INIT_START ")


def follow(paths: Paths, stack: dict[str, str], stack_name: str) -> None:
    """Prints log lines until interrupted.

    # Errors
    Failure when the emulator has ended.
    """
    logs = deploy.client("logs", stack["AWS_ENDPOINT_URL"])
    since = int(time.time() * 1000)
    seen: set[tuple[int, str, str]] = set()
    while True:
        running = emulator.find(paths)
        if not running or not running.alive():
            raise Failure(f"the emulator has ended:\n{emulator.log_tail(paths)}")
        fresh = [event for event in _events(logs, f"/aws/lambda/{stack_name}", since) if _identity(event) not in seen]
        for event in fresh:
            if not event["message"].startswith(_PLATFORM):
                print(event["message"].rstrip(), flush=True)
        if fresh:
            since = max(event["timestamp"] for event in fresh)
            seen = {_identity(event) for event in fresh}
        time.sleep(POLL_SECONDS)


def _identity(event: dict[str, Any]) -> tuple[int, str, str]:
    # The emulator gives events no id.
    return event["timestamp"], event["logStreamName"], event["message"]


def _events(logs: Any, group: str, since: int) -> list[dict[str, Any]]:
    try:
        pages = logs.get_paginator("filter_log_events").paginate(logGroupName=group, startTime=since)
        return [event for page in pages for event in page["events"]]
    except (BotoCoreError, ClientError):
        # The next look will tell whether the emulator is gone or was only busy.
        return []
