"""The part of a replay that follows the orders: demand to alerts; and the frame both commands share."""

from __future__ import annotations

import hashlib
import json
import os
import sys
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from dev.api_client import ProblemError, StackError, Stopped
from dev.bakery import Bakery, NewOrder
from dev.bakery_catalog import BakeryCatalog, CatalogError
from dev.outlook import best_selling, forecast_lines, what_if_lines, what_ifs
from dev.recount import compare, gross_requirements
from dev.report import ProgressBar, alert_lines, demand_lines, plan_lines
from dev.sales_csv import SalesFileError

MAX_HORIZON_DAYS = 90
SHORTAGE_THRESHOLD_PERCENT = 90  # PROCUREMENT_SHORTAGE_THRESHOLD as shipped


@dataclass
class Timetable:
    """The days a plan is to cover: from the first replayed day, or from today once that has passed."""

    start: date
    end: date

    @classmethod
    def for_days(cls, first: date, last: date, today: date) -> Timetable:
        """Raises StackError when all of the days lie in the past."""
        if last < today:
            raise StackError(
                f"this stack remembers a replay of {first} to {last}, and those days are over; "
                "replay into new days with `python -m dev.replay --fresh …` (a new bakery, new orders)"
            )
        start = max(first, today)
        return cls(start, min(last, start + timedelta(days=MAX_HORIZON_DAYS - 1)))

    @property
    def days(self) -> int:
        """Days covered, both ends included."""
        return (self.end - self.start).days + 1

    def next_day(self, today: date) -> date:
        """Tomorrow, or else the day of these that is nearest to it."""
        return min(max(self.start, today + timedelta(days=1)), self.end)

    def covers(self, order: NewOrder) -> bool:
        """Whether the order is delivered on one of these days."""
        return self.start <= order.requested_at.date() <= self.end


def send_orders(bakery: Bakery, orders: list[NewOrder]) -> str:
    """Places the orders behind a progress bar and says what became of them."""
    bar = ProgressBar("orders", len(orders))
    try:
        posted = bakery.post_orders(orders, bar.step)
    finally:
        bar.close()
    retries = f", {bakery.client.retries} requests sent again" if bakery.client.retries else ""
    return f"{len(orders)} orders: {posted.created} created, {posted.replayed} replayed{retries}"


def plan_and_report(
    bakery: Bakery,
    catalog: BakeryCatalog,
    orders: list[NewOrder],
    timetable: Timetable,
    today: date,
    only: list[str],
    ask_what_if: bool = False,
) -> int:
    """Prints demand per day, the plan, the recount, the forecast, what-ifs when asked for, and the alerts.

    1 when the recount differs, else 0.
    """
    counted = [order for order in orders if timetable.covers(order)]
    demand = bakery.demand(timetable.start, timetable.end)
    heading(f"Demand per day, {timetable.start} to {timetable.end}")
    show(demand_lines(demand, Counter(order.requested_at.date() for order in counted)))
    in_service = sum(int(answer["total_orders"]) for answer in demand)
    if in_service != len(counted):
        show([f"note: the service counts {in_service} open orders in these days, this run sent {len(counted)};"])
        show(["      others were placed, moved on or cancelled, and the recount below will differ for that reason"])

    request = {
        "plan_type": "regular",
        "start_date": timetable.start.isoformat(),
        "horizon_days": timetable.days,
        "use_forecast": False,
        "use_orders": True,
    }
    products = [_ordered(row) for answer in demand for row in answer["products"] if row["days"]]
    inputs = [today.isoformat(), str(in_service), _digest(products), _catalog_digest(catalog, timetable.start)]
    bar = ProgressBar("plan", 0)
    try:
        plan = bakery.plan(request, inputs, bar.step)
    finally:
        bar.close()
    heading(f"Procurement plan {plan.get('plan_number', plan['id'])}, {plan['status']}")
    show(plan_lines(plan))

    units: Counter[str] = Counter()
    for order in counted:
        units.update(order.quantities)
    compared, differences = compare(plan["requirements"], gross_requirements(catalog, units), only)
    heading("Recount")
    show([f"recount: {compared - len(differences)} of {compared} ingredients equal"])
    for difference in differences:
        show([f"  {difference.ingredient_id}: plan {difference.planned}, recounted {difference.recounted}"])

    _show_outlook(bakery, catalog, request, plan, timetable.next_day(today), units if ask_what_if else None)

    short = {row["ingredient_id"] for row in plan["requirements"] if _is_short(row["coverage_percentage"])}
    bar = ProgressBar("alerts", 0)
    try:
        alerts, missing = bakery.alerts(short, bar.step)
    finally:
        bar.close()
    heading(f"Alerts, {len(alerts)}")
    show(alert_lines(alerts))
    if missing:
        show([f"note: no shortage alert yet for {', '.join(sorted(missing))}; look into the log of raise-alerts"])
    return 1 if differences or compared == 0 else 0


def _show_outlook(
    bakery: Bakery,
    catalog: BakeryCatalog,
    request: dict[str, Any],
    plan: dict[str, Any],
    day: date,
    ordered: Counter[str] | None,
) -> None:
    """What is expected, and with the units `ordered` by product also some what-ifs; nothing of it is stored."""
    expected = bakery.simulate(request, {"use_forecast": True})
    heading("Forecast")
    show(forecast_lines(expected, plan, day, catalog.names))
    if ordered is None:
        return
    product_id = best_selling(expected.get("forecasts") or [], ordered, catalog.names)
    questions = what_ifs(plan, product_id, day, catalog.names)
    answers = [(question, bakery.simulate(request, question.supposed)) for question in questions]
    heading(f"What if, compared with {plan.get('plan_number', plan['id'])}")
    show(what_if_lines(plan, answers, catalog.names))


def _is_short(coverage: str) -> bool:
    return float(coverage) < SHORTAGE_THRESHOLD_PERCENT


def _ordered(row: dict[str, Any]) -> dict[str, Any]:
    """What is ordered of a product: forecasts come and go with other plans, and this one counts orders alone."""
    return {name: value for name, value in row.items() if name != "forecast_quantity"}


def _digest(value: object) -> str:
    return hashlib.sha256(json.dumps(value, sort_keys=True).encode()).hexdigest()


def _catalog_digest(catalog: BakeryCatalog, start: date) -> str:
    return _digest(list(catalog.import_bodies(start)))


def heading(text: str) -> None:
    """A heading on stdout."""
    print(f"\n{text}\n{'=' * len(text)}", flush=True)


def show(lines: list[str]) -> None:
    """Lines on stdout, at once."""
    print("\n".join(lines), flush=True)


def run_command(name: str, command: Callable[[], int]) -> int:
    """Runs a command and turns what can go wrong into one clear message and an exit code."""
    try:
        return command()
    except (SalesFileError, CatalogError, StackError, ProblemError) as error:
        print(f"{name}: {error}", file=sys.stderr)
        return 1
    except (KeyboardInterrupt, Stopped):
        print(f"\n{name}: stopped; run the same command again, no order is placed twice", file=sys.stderr)
        return 130
    except BrokenPipeError:
        # the reader of our output went away (`| head`): no message, and none from the interpreter at exit either
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 141
