"""A stand-in for the service in the replay's tests: keys, catalog, orders, demand, plans and alerts, in memory.

Plans come in pages, as those of very large ones do.
"""

from __future__ import annotations

import json
import threading
import uuid
from collections import Counter, defaultdict
from datetime import date, timedelta
from decimal import Decimal
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qsl, urlsplit

from dev.tests import planner_fake

PREFIX = "/stage"
REQUIREMENTS_PER_PAGE = 20


class FakeService:
    """The state behind the handler; one tenant's worth per tenant id."""

    def __init__(self) -> None:
        """Nothing there yet; faults are injected by setting `unavailable`, `refuse_product` and the like."""
        self.lock = threading.Lock()
        self.unavailable = 0
        self.refuse_product: str | None = None
        self.extra_grams = Decimal(0)
        self.made_meanwhile = False
        self.requests: list[tuple[str, str]] = []
        self.orders: dict[str, dict[str, Any]] = {}
        self.history: dict[tuple[str, str], str] = {}
        self.catalog: dict[str, dict[str, Any]] = {"suppliers": {}, "ingredients": {}, "products": {}}
        self.keys: dict[str, tuple[Any, dict[str, Any]]] = {}
        self.plans: dict[str, dict[str, Any]] = {}
        self.simulations: list[dict[str, Any]] = []
        self.polls: Counter[str] = Counter()

    def handle(self, method: str, target: str, body: Any, key: str | None) -> tuple[int, dict[str, Any], bool]:
        """Status, answer, and whether it is a replay."""
        url = urlsplit(target)
        path = url.path.removeprefix(PREFIX).split("/", 5)[-1]
        query = dict(parse_qsl(url.query))
        with self.lock:
            self.requests.append((method, path))
            if self.unavailable:
                self.unavailable -= 1
                return 503, {"title": "Unavailable", "status": 503, "code": "unavailable"}, False
            if key and method == "POST":
                scoped = f"{path} {key}"
                if scoped in self.keys:
                    sent, answer = self.keys[scoped]
                    if sent != body:
                        return 422, {"title": "Reused", "status": 422, "code": "idempotency-key-reused"}, False
                    return 201, answer, True
            status, answer = self._answer(method, path, query, body)
            if key and method == "POST" and status < 300:
                self.keys[f"{path} {key}"] = (body, answer)
            return status, answer, False

    def _answer(self, method: str, path: str, query: dict[str, str], body: Any) -> tuple[int, dict[str, Any]]:
        match method, path.split("/"):
            case "POST", ["catalog", "import"]:
                for kind, rows in body.items():
                    assert len(rows) <= 100
                    self.catalog[kind].update({row["id"]: row for row in rows})
                results = [{"kind": kind, "id": row["id"], "status": "created"} for kind in body for row in body[kind]]
                return 200, {"results": results}
            case "POST", ["catalog", "sales-history"]:
                assert len(body["rows"]) <= 1000
                self.history.update({(row["product_id"], row["date"]): row["quantity"] for row in body["rows"]})
                return 200, {"rows": len(body["rows"])}
            case "POST", ["customers"]:
                return 201, {"id": str(uuid.uuid4()), **body}
            case "POST", ["orders"]:
                return self._order(body)
            case "GET", ["orders", "demand-requirements"]:
                return 200, self._demand(query["start_date"], query["end_date"])
            case "POST", ["procurement", "plans"]:
                plan = {"id": str(uuid.uuid4()), "status": "calculating", "request": body}
                self.plans[plan["id"]] = plan
                return 202, plan
            case "POST", ["procurement", "plans", "simulate"]:
                self.simulations.append(body)
                return 200, self._simulate(body)
            case "GET", ["procurement", "plans", plan_id]:
                self.polls[plan_id] += 1
                return 200, self._page(plan_id, query.get("cursor")) if self.polls[plan_id] > 1 else self.plans[plan_id]
            case "GET", ["alerts"]:
                return 200, {"items": self._alerts(), "next_cursor": None}
        return 404, {"title": "Not found", "status": 404, "code": "not-found"}

    def _order(self, body: dict[str, Any]) -> tuple[int, dict[str, Any]]:
        for position, item in enumerate(body["items"]):
            if item["product_id"] not in self.catalog["products"] or item["product_id"] == self.refuse_product:
                fault = {"pointer": f"/items/{position}/product_id", "code": "price-unknown", "detail": "no price"}
                return 422, {"title": "Refused", "status": 422, "code": "price-unknown", "errors": [fault]}
        order = {"id": str(uuid.uuid4()), **body}
        self.orders[order["id"]] = order
        return 201, order

    def _in_range(self, start: str, end: str) -> list[dict[str, Any]]:
        return [order for order in self.orders.values() if start <= order["requested_delivery_at"][:10] <= end]

    def _demand(self, start: str, end: str) -> dict[str, Any]:
        orders = self._in_range(start, end)
        products: defaultdict[str, Counter[str]] = defaultdict(Counter)
        counts: Counter[str] = Counter()
        for order in orders:
            counts.update({item["product_id"] for item in order["items"]})
            for item in order["items"]:
                products[item["product_id"]][order["requested_delivery_at"][:10]] += int(item["quantity"])
        rows = [
            {
                "product_id": product_id,
                "product_name": self.catalog["products"][product_id]["name"],
                "order_count": counts[product_id],
                "days": [{"date": day, "quantity": f"{units}.000"} for day, units in sorted(days.items())],
            }
            for product_id, days in sorted(products.items())
        ]
        total = sum(sum(days.values()) for days in products.values())
        return {"products": rows, "total_orders": len(orders), "total_quantity": f"{total}.000"}

    def _requirements(
        self, start: str, extra: list[tuple[str, Decimal]], supposed: dict[str, Any]
    ) -> list[dict[str, Any]]:
        ordered = [
            (item["product_id"], Decimal(item["quantity"]))
            for order in self._in_range(start, "9999-12-31")
            for item in order["items"]
        ]
        return planner_fake.requirements(self.catalog, ordered + extra, self.extra_grams, supposed)

    def plan(self, plan_id: str) -> dict[str, Any]:
        """A finished plan, whole."""
        return {
            **self.plans[plan_id],
            "status": "draft",
            "plan_number": f"PLAN-{list(self.plans).index(plan_id) + 1}",
            "warnings": [],
            "requirements": self._requirements(self.plans[plan_id]["request"]["start_date"], [], {}),
        }

    def _page(self, plan_id: str, cursor: str | None) -> dict[str, Any]:
        """The plan with as many of its requirements as a page holds."""
        plan, first = self.plan(plan_id), int(cursor or 0)
        last = first + REQUIREMENTS_PER_PAGE
        following = str(last) if last < len(plan["requirements"]) else None
        return {**plan, "requirements": plan["requirements"][first:last], "requirements_next_cursor": following}

    def _simulate(self, body: dict[str, Any]) -> dict[str, Any]:
        start = date.fromisoformat(body["start_date"])
        extra = [(row["product_id"], Decimal(row["quantity"])) for row in body.get("extra_demand", [])]
        after = self._requirements(body["start_date"], extra, body.get("overrides", {}))
        latest = self.plan(list(self.plans)[-1])
        if self.made_meanwhile:
            latest["id"] = "another"
        return {
            "horizon_start_date": body["start_date"],
            "horizon_end_date": (start + timedelta(days=body["horizon_days"] - 1)).isoformat(),
            "forecasts": planner_fake.forecasts(self.history, start, body["horizon_days"]),
            "difference": planner_fake.difference(latest, after),
            "requirements": after,
        }

    def _alerts(self) -> list[dict[str, Any]]:
        return [
            {
                "alert_type": "procurement_shortage",
                "severity": "high",
                "title": f"{row['name']} runs short",
                "entity": {"kind": "ingredient", "id": row["ingredient_id"]},
                "channels": ["dashboard"],
            }
            for plan_id in self.plans
            for row in self.plan(plan_id)["requirements"]
            if Decimal(row["coverage_percentage"]) < 90
        ]


class FakeServer:
    """The service on a free port of 127.0.0.1, for one `with` block."""

    def __init__(self) -> None:
        """Starts listening at once."""
        self.service = service = FakeService()

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"
            wbufsize = 65536  # head and body in one segment, or the client's delayed ACK costs 40 ms a request

            def respond(self) -> None:
                length = int(self.headers.get("Content-Length") or 0)
                body = json.loads(self.rfile.read(length)) if length else None
                status, answer, replayed = service.handle(
                    self.command, self.path, body, self.headers.get("Idempotency-Key")
                )
                data = json.dumps(answer).encode()
                self.send_response(status)
                self.send_header("Content-Length", str(len(data)))
                if replayed:
                    self.send_header("Idempotency-Replayed", "true")
                if status == 503:
                    self.send_header("Retry-After", "0")
                self.end_headers()
                self.wfile.write(data)

            do_GET = do_POST = respond

            def log_message(self, format: str, *args: object) -> None:
                pass

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.base_url = f"http://127.0.0.1:{self.server.server_port}{PREFIX}"
        self.thread = threading.Thread(target=self.server.serve_forever, daemon=True)

    def __enter__(self) -> FakeServer:
        """Serves until the block ends."""
        self.thread.start()
        return self

    def __exit__(self, *exception: object) -> None:
        """Ends the thread and frees the port."""
        self.server.shutdown()
        self.thread.join()
        self.server.server_close()
