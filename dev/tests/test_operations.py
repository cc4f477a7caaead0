"""Dead letters go back to where they came from and none is lost; the audit is run with a function's environment."""

from __future__ import annotations

import contextlib
import io
import json
import os
import unittest
from itertools import count
from typing import Any
from unittest import mock

from dev import audit, expand, redrive
from dev.settings import Failure


class Queues:
    """Queues as far as a redrive sees them; what is received is hidden."""

    def __init__(self, refuse: str = "", keep: bool = False) -> None:
        self.held: dict[str, list[dict[str, Any]]] = {"dead": [], "source": []}
        self.hidden: list[dict[str, Any]] = []
        self.numbers = count()
        self.refuse = refuse
        self.keep = keep

    def put(self, queue: str, body: str, **more: Any) -> None:
        number = next(self.numbers)
        self.held[queue].append({"MessageId": f"m{number}", "ReceiptHandle": f"r{number}", "Body": body, **more})

    def receive_message(self, QueueUrl: str, MaxNumberOfMessages: int, **_: Any) -> dict[str, Any]:
        visible = [message for message in self.held[QueueUrl] if message not in self.hidden]
        taken = visible[:MaxNumberOfMessages]
        # A refused message is visible again at once: a redrive must not go round for ever.
        self.hidden.extend(message for message in taken if not self.refuse or self.refuse not in message["Body"])
        return {"Messages": taken} if taken else {}

    def send_message_batch(self, QueueUrl: str, Entries: list[dict[str, Any]]) -> dict[str, Any]:
        good = [entry for entry in Entries if not self.refuse or self.refuse not in entry["MessageBody"]]
        for entry in good:
            self.put(QueueUrl, entry["MessageBody"], MessageAttributes=entry.get("MessageAttributes"))
        return {"Successful": [{"Id": entry["Id"]} for entry in good]}

    def delete_message_batch(self, QueueUrl: str, Entries: list[dict[str, Any]]) -> dict[str, Any]:
        if self.keep:
            return {"Failed": Entries}
        handles = {entry["ReceiptHandle"] for entry in Entries}
        self.held[QueueUrl] = [m for m in self.held[QueueUrl] if m["ReceiptHandle"] not in handles]
        return {}

    def bodies(self, queue: str) -> list[str]:
        return [message["Body"] for message in self.held[queue]]


class Redrive(unittest.TestCase):
    def test_everything_goes_back_with_its_attributes_and_is_deleted(self) -> None:
        queues = Queues()
        attributes = {"event_type": {"DataType": "String", "StringValue": "order.created"}}
        for number in range(23):
            queues.put("dead", f"body {number}", MessageAttributes=attributes)
        counts = redrive.redrive(queues, "dead", "source")
        self.assertEqual((counts["sent"], counts["refused"]), (23, 0))
        self.assertEqual(queues.bodies("dead"), [])
        self.assertEqual(queues.bodies("source"), [f"body {number}" for number in range(23)])
        self.assertEqual(queues.held["source"][0]["MessageAttributes"], attributes)

    def test_what_is_not_taken_stays_where_it_is(self) -> None:
        queues = Queues(refuse="bad")
        for body in ("one", "bad", "two"):
            queues.put("dead", body)
        counts = redrive.redrive(queues, "dead", "source")
        self.assertEqual((counts["sent"], counts["refused"]), (2, 1))
        self.assertEqual((queues.bodies("dead"), queues.bodies("source")), (["bad"], ["one", "two"]))

    def test_what_cannot_be_deleted_is_told(self) -> None:
        queues = Queues(keep=True)
        queues.put("dead", "one")
        with self.assertRaisesRegex(Failure, "could not be deleted"):
            redrive.redrive(queues, "dead", "source")
        self.assertEqual(queues.bodies("dead"), ["one"])

    def test_the_relays_notes_are_shown_and_cleared(self) -> None:
        queues = Queues()
        note = {"tenant_id": "t", "entity_kind": "order", "entity_id": "o", "published_to": 3, "cause": "O does not parse"}
        queues.put("dead", json.dumps(note))
        queues.put("dead", json.dumps({"DDBStreamBatchInfo": {"batchSize": 5, "startSequenceNumber": "100"}}))
        queues.put("dead", json.dumps({"requestContext": {"functionArn": "arn:reconcile"}}))
        queues.put("dead", "nonsense")
        told = io.StringIO()
        with contextlib.redirect_stderr(told):
            counts = redrive.redrive(queues, "dead", None)
        self.assertEqual((counts["cleared"], queues.bodies("dead")), (4, []))
        self.assertIn("order o of tenant t behind 3: O does not parse", told.getvalue())
        self.assertIn("5 records from 100", told.getvalue())
        self.assertIn("arn:reconcile", told.getvalue())

    def test_every_dead_letter_queue_of_the_template_has_a_route(self) -> None:
        resources = expand.read()["Resources"]
        queues = {name: r["Properties"] for name, r in resources.items() if r["Type"] == "AWS::SQS::Queue"}
        dead = {name for name, queue in queues.items() if "RedrivePolicy" not in queue}
        self.assertEqual({route.dead_letters for route in redrive.ROUTES.values()}, dead)
        for route in redrive.ROUTES.values():
            if route.source:
                target = queues[route.source]["RedrivePolicy"]["deadLetterTargetArn"]["Fn::GetAtt"][0]
                self.assertIn(route.dead_letters, (target, target.replace("Dead", "SubscriptionDead")))


class Audit(unittest.TestCase):
    def test_the_verifier_sees_the_stack_and_nothing_of_this_machine(self) -> None:
        stack = {"TABLE_NAME": "orders", "AWS_ENDPOINT_URL": "http://127.0.0.1:1"}
        with mock.patch.dict(os.environ, {"AWS_PROFILE": "work", "AWS_SECRET_ACCESS_KEY": "real"}):
            variables = audit.environment(stack, "secret")
        self.assertEqual((variables["TABLE_NAME"], variables["SECRET_KEY"]), ("orders", "secret"))
        self.assertEqual(variables["AWS_ENDPOINT_URL"], "http://127.0.0.1:1")
        self.assertNotEqual(variables["AWS_SECRET_ACCESS_KEY"], "real")
        self.assertNotIn("AWS_PROFILE", variables)

    def test_an_order_is_looked_at_alone_when_it_is_named(self) -> None:
        self.assertEqual(audit.arguments_of("t", None)[-2:], ["--", "t"])
        self.assertEqual(audit.arguments_of("t", "o")[-2:], ["t", "o"])


if __name__ == "__main__":
    unittest.main()
