"""A sample bakery, through the HTTP API to a plan and its alerts, without any file of your own.

    python -m dev.demo

Three weeks of counter sales from `dev/sample_sales.csv` (invented), standing trade with a restaurant and a café, and a
hotel that wants a banquet in five hours: a first order, of high value, in large quantity, and in a rush.
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Sequence
from datetime import date, datetime, time, timedelta, timezone
from pathlib import Path
from typing import Any

from dev.api_client import ApiClient, read_stack, state_dir
from dev.bakery import Bakery, NewOrder
from dev.bakery_catalog import UNKNOWN_ITEM_HINT, BakeryCatalog
from dev.replay import COUNTER, COUNTER_KEY, counter_orders, describe_book, open_bakery
from dev.replay_memory import ReplayMemory
from dev.replay_run import Timetable, heading, plan_and_report, run_command, send_orders, show
from dev.sales_csv import file_digest, read_sales, sort_sales, weeks_to_shift

SAMPLE = Path(__file__).resolve().parent / "sample_sales.csv"
DAYS = 21
RUSH_HOURS = 5
RESTAURANT_DAYS = range(1, 6)  # Tuesday to Saturday

RESTAURANT = {
    "name": "The Shore Restaurant",
    "business_name": "The Shore Restaurant Ltd",
    "customer_type": "business",
    "email": "kitchen@shore-restaurant.example",
    "payment_terms": "net_30",
    "segment": "wholesale",
}
CAFE = {
    "name": "Links Café",
    "business_name": "Links Café",
    "customer_type": "business",
    "email": "hello@links-cafe.example",
    "payment_terms": "net_30",
    "segment": "wholesale",
}
HOTEL = {
    "name": "Calton Hill Hotel",
    "business_name": "Calton Hill Hotel plc",
    "customer_type": "business",
    "email": "banqueting@calton-hill-hotel.example",
    "payment_terms": "immediate",
    "special_requirements": "Platters labelled with allergens; loading bay at the rear",
}
CUSTOMERS: dict[str, dict[str, Any]] = {
    COUNTER_KEY: COUNTER,
    "demo-customer-restaurant": RESTAURANT,
    "demo-customer-cafe": CAFE,
    "demo-customer-hotel": HOTEL,
}

WHOLESALE = {"sales_channel": "wholesale", "source": "online"}
BANQUET_EXTRA = {
    "sales_channel": "wholesale",
    "source": "phone",
    "order_type": "rush",
    "priority": "high",
    "payment_method": "card",
    "special_instructions": "Banquet in the Assembly Room",
}
BANQUET = {"sandwich": 420, "pastry": 380, "cake": 300, "juice": 280, "coffee": 260, "scone": 220}


def restaurant_basket(day: date) -> dict[str, int]:
    """What the restaurant takes on one day: more bread towards the weekend."""
    busy = 4 if day.weekday() >= 4 else 0
    return {"bread": 8 + busy, "baguette": 10 + busy, "focaccia": 5, "cake": 6}


def cafe_basket(day: date) -> dict[str, int]:
    """What the café takes on one day."""
    busy = 2 if day.weekday() >= 5 else 1
    return {"croissant": 14 * busy, "cinnamon-bun": 8 * busy, "muffin": 10 * busy, "brownie": 8 * busy, "scone": 6}


def trade_orders(restaurant_id: str, cafe_id: str, first: date, last: date, prefix: str) -> list[NewOrder]:
    """The standing trade of the two business customers, one order per customer and day."""
    orders = []
    for offset in range((last - first).days + 1):
        day = first + timedelta(days=offset)
        if day.weekday() in RESTAURANT_DAYS:
            at = datetime.combine(day, time(9, 30), timezone.utc)
            basket = restaurant_basket(day)
            orders.append(NewOrder(f"{prefix}-restaurant-{offset}", restaurant_id, at, basket, WHOLESALE))
        at = datetime.combine(day, time(6, 45), timezone.utc)
        orders.append(NewOrder(f"{prefix}-cafe-{offset}", cafe_id, at, cafe_basket(day), WHOLESALE))
    return orders


def banquet_order(hotel_id: str, first_run_at: datetime, prefix: str) -> NewOrder:
    """The hotel's order: 1860 units, due five hours after the demo was first run."""
    at = first_run_at + timedelta(hours=RUSH_HOURS)
    return NewOrder(f"{prefix}-banquet", hotel_id, at, BANQUET, BANQUET_EXTRA)


def demo(fresh: bool) -> int:
    """The whole demo; the exit code."""
    folder = state_dir()
    stack = read_stack(folder)
    catalog = BakeryCatalog()
    book = sort_sales(read_sales(SAMPLE), DAYS, catalog.classify, UNKNOWN_ITEM_HINT)
    now = datetime.now(timezone.utc)
    digest = file_digest(SAMPLE)
    memory = ReplayMemory(folder, stack.identity).recall(f"demo/{digest}", None, now, fresh)
    first_run = memory.first_run_at.date()
    shift = timedelta(weeks=weeks_to_shift(book.first_day, first_run))
    first, last = book.first_day + shift, book.last_day + shift
    # from today on, so that the banquet of this afternoon is part of the plan
    timetable = Timetable.for_days(first_run, last, now.date())

    heading("Demo: a sample bakery")
    show(describe_book(book))
    show([f"moved by {shift.days // 7} weeks to {first} … {last}"])
    show([f"bakery (tenant) {memory.tenant_id}" + ("" if memory.is_new else ", as remembered from an earlier run")])
    with ApiClient(stack, memory.tenant_id) as client:
        bakery = Bakery(client)
        open_bakery(bakery, catalog, book, shift, first_run)
        prefix = f"demo-{digest[:16]}-{memory.first_run_at:%Y%m%dT%H%M%S}"
        counter_id, restaurant_id, cafe_id, hotel_id = (bakery.customer(key, body) for key, body in CUSTOMERS.items())
        show([f"customers: {', '.join(str(body['name']) for body in CUSTOMERS.values())}"])
        orders = [
            banquet_order(hotel_id, memory.first_run_at, prefix),
            *trade_orders(restaurant_id, cafe_id, first, last, prefix),
            *counter_orders(book, counter_id, shift, prefix),
        ]
        show([send_orders(bakery, orders)])
        return plan_and_report(bakery, catalog, orders, timetable, now.date(), [], ask_what_if=True)


def main(argv: Sequence[str] | None = None) -> int:
    """Entry point."""
    parser = argparse.ArgumentParser(prog="python -m dev.demo", description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--fresh", action="store_true", help="another sample bakery, with new days and new orders")
    options = parser.parse_args(argv)
    return run_command("demo", lambda: demo(options.fresh))


if __name__ == "__main__":
    sys.exit(main())
