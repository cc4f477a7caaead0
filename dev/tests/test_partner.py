"""The stub partners: what they answer, what they remember, and how badly they can behave."""

from __future__ import annotations

import http.client
import json
import threading
import time
import unittest
from typing import Any
from unittest import mock

from dev import partner


class StubPartners(unittest.TestCase):
    def setUp(self) -> None:
        self.server = partner.Server(partner.Partners("agreed"))
        threading.Thread(target=self.server.serve_forever, daemon=True).start()
        self.addCleanup(self.server.server_close)
        self.addCleanup(self.server.shutdown)

    def request(self, method: str, path: str, body: Any = None, token: str = "agreed", **headers: str
                ) -> tuple[int, bytes]:
        connection = http.client.HTTPConnection(partner.HOST, self.server.server_port, timeout=2)
        self.addCleanup(connection.close)
        sent = {"Authorization": f"Bearer {token}", **{name.replace("_", "-"): text for name, text in headers.items()}}
        connection.request(method, path, None if body is None else json.dumps(body), sent)
        response = connection.getresponse()
        return response.status, response.read()

    def behave(self, mode: str, name: str | None = None) -> None:
        status, _ = self.request("PUT", "/_behaviour", {"mode": mode, "partner": name})
        self.assertEqual(status, 200)

    def test_a_write_is_one_effect_for_its_key(self) -> None:
        path, order = "/production/production-requests", {"order_id": "1"}
        first = self.request("POST", path, order, Idempotency_Key="event-1")
        again = self.request("POST", path, order, Idempotency_Key="event-1")
        other = self.request("POST", path, order, Idempotency_Key="event-2")
        self.assertEqual(first[0], 201)
        self.assertEqual(first, again)
        self.assertNotEqual(first, other)
        self.assertEqual(self.request("POST", path, order)[0], 400)
        status, told = self.request("GET", "/_calls")
        told = json.loads(told)
        self.assertEqual((status, told["effects"], len(told["calls"])), (200, 2, 4))
        self.assertEqual(told["calls"][0]["body"], order)

    def test_each_partner_answers_its_operations_and_wants_its_token(self) -> None:
        asked = {"items": [{"product_id": "rye", "quantity": "1.000"}]}
        status, answer = self.request("POST", "/inventory/availability", asked)
        self.assertEqual((status, json.loads(answer)["items"][0]["product_id"]), (200, "rye"))
        for path in ("/inventory/stock", "/production/capacity?date=2026-12-01", "/sales/history?product_id=rye"):
            self.assertEqual(self.request("GET", path)[0], 200, path)
        self.assertEqual(self.request("POST", "/notification/notifications", {}, Idempotency_Key="k")[0], 202)
        self.assertEqual(self.request("GET", "/sales/history", token="other")[0], 401)
        self.assertEqual(self.request("GET", "/sales/nothing")[0], 404)
        self.assertEqual(self.request("GET", "/bank/history")[0], 404)

    def test_one_partner_misbehaves_and_the_others_do_not(self) -> None:
        self.behave("5xx", "sales")
        self.assertEqual(self.request("GET", "/sales/history")[0], 503)
        self.assertEqual(self.request("GET", "/inventory/stock")[0], 200)
        self.behave("garbage")
        status, body = self.request("GET", "/inventory/stock")
        self.assertEqual(status, 200)
        self.assertRaises(ValueError, json.loads, body)
        self.behave("redirect")
        self.assertEqual(self.request("GET", "/inventory/stock")[0], 302)
        self.behave("huge")
        self.assertGreater(len(self.request("GET", "/inventory/stock")[1]), 1024 * 1024)
        self.behave("ok")
        self.assertEqual(self.request("GET", "/sales/history")[0], 200)
        self.assertEqual(self.request("PUT", "/_behaviour", {"mode": "tired"})[0], 422)

    def test_slow_and_endless_answers_outlast_a_caller(self) -> None:
        with mock.patch.object(partner, "SLOW_SECONDS", 3):
            self.behave("slow")
            self.assertRaises(TimeoutError, self.request, "GET", "/inventory/stock")
        with mock.patch.object(partner, "ENDLESS_SECONDS", 1):
            self.behave("endless")
            started = time.monotonic()
            self.request("GET", "/inventory/stock")
            self.assertGreater(time.monotonic() - started, 0.9)


if __name__ == "__main__":
    unittest.main()
