"""Sends dead letters back to where they came from: `make redrive QUEUE=<name>`, for the running local stack.

On AWS `aws sqs start-message-move-task` does this; the emulator has no such task, so messages are received, sent and
only then deleted: one that is interrupted leaves a message in both queues, which consumers stand, and loses none.
"""

from __future__ import annotations

import argparse
import json
import sys
from collections import Counter
from dataclasses import dataclass
from typing import Any

from botocore.exceptions import BotoCoreError, ClientError

from dev import deploy
from dev.settings import STACK_NAME, Failure, Paths, say
from dev.stack import stack_of

# A receipt that was just taken is hidden for this long: what cannot be sent comes back soon.
HIDDEN_SECONDS = 30
BATCH = 10


@dataclass(frozen=True)
class Route:
    """A dead-letter queue, by logical id, and what becomes of its messages."""

    dead_letters: str
    source: str | None
    """The queue they go back to; none where they are notes about something that is tried again anyway."""
    note: str = ""


RELAY_NOTE = (
    "notes, not work: the relay and reconcile try these entities again at every change and every walk.\n"
    "Mend the records that are named above; the nightly walk publishes what a failed batch of the stream was about."
)
SCHEDULE_NOTE = "ticks that failed: the next tick does the same work, so there is nothing to send again."

ROUTES = {
    "alerts": Route("AlertsDeadLetters", "AlertsQueue"),
    "projections": Route("ProjectionsDeadLetters", "ProjectionsQueue"),
    "partners": Route("PartnersDeadLetters", "PartnersQueue"),
    "planning": Route("PlanningDeadLetters", "PlanningQueue"),
    "dashboard": Route("DashboardAlertsDeadLetters", "DashboardAlertsQueue"),
    # What a topic could not deliver to a queue: bodies are raw, so they are what the queue would have held.
    "alerts-subscription": Route("AlertsSubscriptionDeadLetters", "AlertsQueue"),
    "projections-subscription": Route("ProjectionsSubscriptionDeadLetters", "ProjectionsQueue"),
    "partners-subscription": Route("PartnersSubscriptionDeadLetters", "PartnersQueue"),
    "relay": Route("RelayDeadLetters", None, RELAY_NOTE),
    "schedule": Route("ScheduleDeadLetters", None, SCHEDULE_NOTE),
}


def redrive(sqs: Any, dead_letters: str, source: str | None) -> Counter[str]:
    """Moves everything from one queue to the other, or clears it where there is no other; counts what became of it.

    A message that this run has left behind ends it when it comes round again.
    """
    counts: Counter[str] = Counter()
    left: set[str] = set()
    while True:
        received = sqs.receive_message(
            QueueUrl=dead_letters,
            MaxNumberOfMessages=BATCH,
            VisibilityTimeout=HIDDEN_SECONDS,
            WaitTimeSeconds=1,
            MessageAttributeNames=["All"],
        ).get("Messages", [])
        fresh = [message for message in received if message["MessageId"] not in left]
        if not fresh:
            return counts
        done = _send(sqs, source, fresh) if source else fresh
        for message in done if source is None else []:
            say(describe(message["Body"]))
        counts["sent" if source else "cleared"] += len(done)
        refused = [message for message in fresh if message not in done]
        left.update(message["MessageId"] for message in refused)
        counts["refused"] += len(refused)
        _delete(sqs, dead_letters, done)


def _send(sqs: Any, source: str, messages: list[dict[str, Any]]) -> list[dict[str, Any]]:
    entries = []
    for index, message in enumerate(messages):
        entry = {"Id": str(index), "MessageBody": message["Body"]}
        if attributes := message.get("MessageAttributes"):
            entry["MessageAttributes"] = attributes
        entries.append(entry)
    answer = sqs.send_message_batch(QueueUrl=source, Entries=entries)
    return [messages[int(sent["Id"])] for sent in answer.get("Successful", [])]


def _delete(sqs: Any, queue: str, messages: list[dict[str, Any]]) -> None:
    if not messages:
        return
    entries = [{"Id": str(i), "ReceiptHandle": message["ReceiptHandle"]} for i, message in enumerate(messages)]
    answer = sqs.delete_message_batch(QueueUrl=queue, Entries=entries)
    if failed := answer.get("Failed"):
        raise Failure(f"{len(failed)} messages were sent and could not be deleted; they will be sent again")


def describe(body: str) -> str:
    """One line about a note: which entity is quarantined, or which batch or tick failed."""
    try:
        note = json.loads(body)
    except json.JSONDecodeError:
        return "  not JSON"
    if not isinstance(note, dict):
        return "  not a note of ours"
    if "entity_id" in note:
        entity = f"{note['entity_kind']} {note['entity_id']} of tenant {note['tenant_id']}"
        return f"  quarantined: {entity} behind {note['published_to']}: {note['cause']}"
    if batch := note.get("DDBStreamBatchInfo"):
        return f"  failed batch of the stream: {batch.get('batchSize')} records from {batch.get('startSequenceNumber')}"
    function = note.get("requestContext", {}).get("functionArn", "?")
    return f"  failed run of {function}"


def main() -> int:
    """Redrives one queue; 1 when something is left."""
    parser = argparse.ArgumentParser(prog="python -m dev.redrive", description=__doc__)
    parser.add_argument("queue", choices=sorted(ROUTES))
    route = ROUTES[parser.parse_args().queue]
    try:
        endpoint = stack_of(Paths.from_environment())["AWS_ENDPOINT_URL"]
        cloudformation = deploy.client("cloudformation", endpoint)

        def url(logical_id: str) -> str:
            found = cloudformation.describe_stack_resource(StackName=STACK_NAME, LogicalResourceId=logical_id)
            return str(found["StackResourceDetail"]["PhysicalResourceId"])

        source = url(route.source) if route.source else None
        counts = redrive(deploy.client("sqs", endpoint), url(route.dead_letters), source)
    except Failure as failure:
        say(f"error: {failure}")
        return 1
    except (BotoCoreError, ClientError) as error:
        say(f"error: the emulator refuses: {error}")
        return 1
    if route.source:
        print(f"{counts['sent']} sent to {route.source}, {counts['refused']} refused")
    else:
        print(f"{counts['cleared']} cleared: {route.note}")
    return 1 if counts["refused"] else 0


if __name__ == "__main__":
    sys.exit(main())
