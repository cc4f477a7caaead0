"""One bakery's calls to the service: load the catalog, take orders, ask for a plan, read demand and alerts."""

from __future__ import annotations

import hashlib
import json
import time
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import FIRST_EXCEPTION, Future, ThreadPoolExecutor, wait
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import Any

from dev.api_client import ApiClient, StackError
from dev.bakery_catalog import BakeryCatalog, CatalogError

CONNECTIONS = 8
HISTORY_ROWS_PER_CALL = 1000
DEMAND_DAYS_PER_CALL = 31
PLAN_TIMEOUT_SECONDS = 180
ALERTS_TIMEOUT_SECONDS = 90
POLL_SECONDS = 0.5
MAX_PLAN_ATTEMPTS = 3
UNFINISHED = "calculating"
UNUSABLE = frozenset({"failed", "cancelled"})

Progress = Callable[[], None]


@dataclass(frozen=True)
class NewOrder:
    """An order to be placed; prices are left to the catalog (D25b)."""

    key: str
    customer_id: str
    requested_at: datetime
    quantities: dict[str, int]
    extra: dict[str, Any] = field(default_factory=dict)

    def body(self) -> dict[str, Any]:
        """The request body, the same bytes on every run."""
        return {
            "customer_id": self.customer_id,
            "delivery_method": "pickup",
            "sales_channel": "retail",
            "requested_delivery_at": self.requested_at.strftime("%Y-%m-%dT%H:%M:%SZ"),
            **self.extra,
            "items": [
                {"product_id": product_id, "quantity": str(units)}
                for product_id, units in sorted(self.quantities.items())
            ],
        }


@dataclass(frozen=True)
class Posted:
    """What became of the orders sent."""

    created: int
    replayed: int


class Bakery:
    """A tenant of the service, seen from its till and its office."""

    def __init__(self, client: ApiClient) -> None:
        """Uses `client` for every call."""
        self.client = client

    def import_catalog(self, catalog: BakeryCatalog, first_day: date) -> int:
        """Loads suppliers, ingredients and products; gives the number of records.

        Raises CatalogError naming the first row that was refused.
        """
        rows = 0
        for body in catalog.import_bodies(first_day):
            results = self.client.post("/catalog/import", body).body["results"]
            for result in results:
                if result["status"] == "failed":
                    raise CatalogError(f"the service refused a catalog row: {json.dumps(result)}; mend dev/catalog")
            rows += sum(len(kind) for kind in body.values())
        return rows

    def import_history(self, rows: list[dict[str, str]], progress: Progress) -> None:
        """Sends daily sales, up to 1000 rows a call; a row sent again replaces itself."""
        for start in range(0, len(rows), HISTORY_ROWS_PER_CALL):
            chunk = rows[start : start + HISTORY_ROWS_PER_CALL]
            self.client.post("/catalog/sales-history", {"rows": chunk})
            for _ in chunk:
                progress()

    def customer(self, key: str, body: dict[str, Any]) -> str:
        """The id of a customer, created once per key."""
        customer_id: str = self.client.post("/customers", body, key).body["id"]
        return customer_id

    def post_orders(self, orders: list[NewOrder], progress: Progress) -> Posted:
        """Places the orders over a few kept-alive connections; stops at the first that is refused.

        The service names every order by its key, so sending them all again makes no second one.
        """
        executor = ThreadPoolExecutor(CONNECTIONS, thread_name_prefix="orders")
        futures: list[Future[bool]] = []
        try:
            futures = [executor.submit(self._post_order, order, progress) for order in orders]
            done, _ = wait(futures, return_when=FIRST_EXCEPTION)
            replayed = sum(future.result() for future in done)
        except BaseException:
            self.client.stopped.set()
            executor.shutdown(cancel_futures=True)
            raise
        executor.shutdown()
        return Posted(len(orders) - replayed, replayed)

    def _post_order(self, order: NewOrder, progress: Progress) -> bool:
        answer = self.client.post("/orders", order.body(), order.key)
        progress()
        return answer.replayed

    def demand(self, start: date, end: date) -> list[dict[str, Any]]:
        """The demand answers (D50) that cover the range, at most 31 days each."""
        return [
            self.client.get("/orders/demand-requirements", start_date=first.isoformat(), end_date=last.isoformat())
            for first, last in date_ranges(start, end, DEMAND_DAYS_PER_CALL)
        ]

    def plan(self, request: dict[str, Any], inputs: Iterable[str], progress: Progress) -> dict[str, Any]:
        """A finished procurement plan for this request, from orders alone or not as it says.

        The key hangs on `inputs`, so a plan is made anew exactly when something it was made from has changed, or when
        the one it names came to nothing. Raises StackError when none is finished in time.
        """
        seed = hashlib.sha256(json.dumps([request, *inputs], sort_keys=True).encode()).hexdigest()
        for attempt in range(1, MAX_PLAN_ATTEMPTS + 1):
            started = self.client.post("/procurement/plans", request, f"replay-plan-{seed[:40]}-{attempt}")
            plan = self._finished_plan(started.body["id"], progress)
            if not (started.replayed and plan["status"] in UNUSABLE):
                break
        if plan.get("requirements") is None:
            raise StackError(
                f"plan {plan['id']} is {plan['status']}: {plan.get('failure_reason') or 'no reason given'}\n"
                "look into the log of plan-procurement under the state folder, then run the same command again"
            )
        return plan

    def _finished_plan(self, plan_id: str, progress: Progress) -> dict[str, Any]:
        deadline = time.monotonic() + PLAN_TIMEOUT_SECONDS
        while time.monotonic() < deadline:
            plan: dict[str, Any] = self.client.get(f"/procurement/plans/{plan_id}")
            if plan["status"] != UNFINISHED:
                return self._with_all_requirements(plan)
            progress()
            time.sleep(POLL_SECONDS)
        raise StackError(
            f"plan {plan_id} is still calculating after {PLAN_TIMEOUT_SECONDS} s; "
            "look into the log of plan-procurement, then run the same command again"
        )

    def _with_all_requirements(self, plan: dict[str, Any]) -> dict[str, Any]:
        """The plan with the requirements that did not fit into its first answer (D8)."""
        cursor = plan.get("requirements_next_cursor")
        while cursor:
            page = self.client.get(f"/procurement/plans/{plan['id']}", cursor=cursor)
            plan["requirements"] += page["requirements"] or []
            cursor = page.get("requirements_next_cursor")
        return plan

    def simulate(self, request: dict[str, Any], supposed: dict[str, Any]) -> dict[str, Any]:
        """The plan that would come of this request if what is supposed were so; the service stores nothing of it."""
        plan: dict[str, Any] = self.client.post("/procurement/plans/simulate", {**request, **supposed}).body
        return plan

    def alerts(self, shortages: set[str], progress: Progress) -> tuple[list[dict[str, Any]], set[str]]:
        """All alerts, once those for the ingredients in `shortages` are there; and the ones still missing.

        Alerts follow from events, so they come a little after what they tell of.
        """
        deadline = time.monotonic() + ALERTS_TIMEOUT_SECONDS
        previous = -1
        while True:
            alerts = self.client.get_all("/alerts")
            missing = shortages - {
                alert["entity"]["id"] for alert in alerts if alert["alert_type"] == "procurement_shortage"
            }
            settled = len(alerts) == previous
            if (settled and not missing) or time.monotonic() > deadline:
                return alerts, missing
            previous = len(alerts)
            progress()
            time.sleep(POLL_SECONDS * 4)


def date_ranges(start: date, end: date, days: int) -> Iterator[tuple[date, date]]:
    """The range cut into pieces of at most `days` days, both ends included."""
    while start <= end:
        last = min(end, start + timedelta(days=days - 1))
        yield start, last
        start = last + timedelta(days=1)
