"""A stand-in for the service in the replay's tests: keys, catalog, orders, demand, plans and alerts, in memory.

Its explosion is written apart from the recount: decimals, rounded to six places half away from zero at every level,
as D60 has it. So the tests also show that the catalog's recipes survive that rounding.
"""

from __future__ import annotations

import json
import threading
import uuid
from collections import Counter, defaultdict
from decimal import ROUND_HALF_UP, Decimal
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qsl, urlsplit

PREFIX = "/stage"
SIX = Decimal("0.000001")
THREE = Decimal("0.001")


class FakeService:
    """The state behind the handler; one tenant's worth per tenant id."""

    def __init__(self) -> None:
        """Nothing there yet; faults are injected by setting `unavailable` or `refuse_product`."""
        self.lock = threading.Lock()
        self.unavailable = 0
        self.refuse_product: str | None = None
        self.extra_grams = Decimal(0)
        self.requests: list[tuple[str, str]] = []
        self.orders: dict[str, dict[str, Any]] = {}
        self.history: dict[tuple[str, str], str] = {}
        self.catalog: dict[str, dict[str, Any]] = {"suppliers": {}, "ingredients": {}, "products": {}}
        self.keys: dict[str, tuple[Any, dict[str, Any]]] = {}
        self.plans: dict[str, dict[str, Any]] = {}
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
            case "GET", ["procurement", "plans", plan_id]:
                self.polls[plan_id] += 1
                return 200, self._plan(plan_id) if self.polls[plan_id] > 1 else self.plans[plan_id]
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
        for order in orders:
            for item in order["items"]:
                products[item["product_id"]][order["requested_delivery_at"][:10]] += int(item["quantity"])
        rows = [
            {
                "product_id": product_id,
                "product_name": self.catalog["products"][product_id]["name"],
                "days": [{"date": day, "quantity": f"{units}.000"} for day, units in sorted(days.items())],
            }
            for product_id, days in sorted(products.items())
        ]
        total = sum(sum(days.values()) for days in products.values())
        return {"products": rows, "total_orders": len(orders), "total_quantity": f"{total}.000"}

    def _explode(self, item_id: str, quantity: Decimal, needs: defaultdict[str, Decimal]) -> None:
        recipe = self.catalog["products"].get(item_id, {}).get("recipe")
        if recipe is None:
            needs[item_id] += quantity
            return
        for line in recipe["lines"]:
            waste = 1 + Decimal(line.get("waste_percentage", "0")) / 100
            need = quantity * Decimal(line["quantity"]) / Decimal(recipe["yield_quantity"]) * waste
            self._explode(line["item_id"], need.quantize(SIX, ROUND_HALF_UP), needs)

    def _plan(self, plan_id: str) -> dict[str, Any]:
        request = self.plans[plan_id]["request"]
        needs: defaultdict[str, Decimal] = defaultdict(Decimal)
        for order in self._in_range(request["start_date"], "9999-12-31"):
            for item in order["items"]:
                self._explode(item["product_id"], Decimal(item["quantity"]), needs)
        requirements = []
        for ingredient_id, gross in sorted(needs.items()):
            row = self.catalog["ingredients"][ingredient_id]
            stock = sum((Decimal(lot["quantity"]) for lot in row["stock_lots"]), Decimal(0))
            short = max(Decimal(0), gross * Decimal("1.2") - stock)
            requirements.append(
                {
                    "ingredient_id": ingredient_id,
                    "name": row["name"],
                    "unit": row["unit"],
                    "gross_requirement": str((gross + self.extra_grams).quantize(THREE, ROUND_HALF_UP)),
                    "order_quantity": f"{short:.3f}",
                    "estimated_cost": f"{short * Decimal(row['offers'][0]['unit_price']):.2f}",
                    "unit_cost": row["offers"][0]["unit_price"],
                    "supplier_name": row["offers"][0]["supplier_id"],
                    "coverage_percentage": f"{min(Decimal(100), stock / gross * 100):.2f}",
                    "exceptions": [{"code": "shortage", "message": "Buy it nearby."}] if stock < gross else [],
                }
            )
        return {
            **self.plans[plan_id],
            "status": "draft",
            "plan_number": "PLAN-1",
            "warnings": [],
            "requirements": requirements,
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
            for row in self._plan(plan_id)["requirements"]
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
