"""Replays a bakery's real sales as orders through the HTTP API, then plans what to buy for them.

    python -m dev.replay --csv path/to/sales.csv --days 28

The last days of the file become orders in the coming weeks, one per transaction; what lies before becomes sales
history. Running it again sends the same bodies and keys, so nothing is ordered twice.
"""

from __future__ import annotations

import argparse
import sys
import uuid
from collections.abc import Sequence
from datetime import date, datetime, timedelta, timezone
from pathlib import Path

from dev.api_client import ApiClient, read_stack, state_dir
from dev.bakery import Bakery, NewOrder
from dev.bakery_catalog import UNKNOWN_ITEM_HINT, BakeryCatalog
from dev.replay_memory import ReplayMemory
from dev.replay_run import MAX_HORIZON_DAYS, Timetable, heading, plan_and_report, run_command, send_orders, show
from dev.report import ProgressBar
from dev.sales_csv import SalesBook, file_digest, read_sales, sort_sales, weeks_to_shift

COUNTER_KEY = "replay-customer-counter"
COUNTER = {"name": "counter", "customer_type": "individual", "payment_terms": "immediate"}


def arguments(argv: Sequence[str] | None) -> argparse.Namespace:
    """The command line, checked."""
    parser = argparse.ArgumentParser(prog="python -m dev.replay", description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--csv", type=Path, required=True, help="sales file with columns Date,Time,Transaction,Item")
    parser.add_argument("--days", type=int, default=28, help="how many of its last days to replay, 1-90 (28)")
    parser.add_argument("--tenant", type=uuid.UUID, help="replay into this tenant instead of a bakery of its own")
    parser.add_argument("--fresh", action="store_true", help="forget the remembered dates: new days, new orders")
    parser.add_argument(
        "--check-ingredient", action="append", default=[], metavar="ID", help="recount only this one (repeatable)"
    )
    parsed = parser.parse_args(argv)
    if not 1 <= parsed.days <= MAX_HORIZON_DAYS:
        parser.error(f"--days must be between 1 and {MAX_HORIZON_DAYS}")
    return parsed


def counter_orders(book: SalesBook, customer_id: str, shift: timedelta, key_prefix: str) -> list[NewOrder]:
    """One pickup order per transaction, its day moved by `shift`, its time of day kept (UTC)."""
    return [
        NewOrder(
            key=order_key(key_prefix, transaction.sold_at.date(), transaction.transaction),
            customer_id=customer_id,
            requested_at=(transaction.sold_at + shift).replace(tzinfo=timezone.utc),
            quantities=transaction.quantities,
        )
        for transaction in book.transactions
    ]


def order_key(prefix: str, day: date, transaction: str) -> str:
    """An idempotency key in visible ASCII, whatever the till calls its transactions."""
    name = uuid.uuid5(uuid.NAMESPACE_OID, f"{day.isoformat()} {transaction}")
    return f"{prefix}-{name}"


def history_rows(book: SalesBook, shift: timedelta, today: date) -> tuple[list[dict[str, str]], int]:
    """Daily sales for the import, and how many were left out: those not past on the day of the first run."""
    rows = [
        {"product_id": product_id, "date": (day + shift).isoformat(), "quantity": str(units)}
        for (product_id, day), units in sorted(book.history.items(), key=lambda item: (item[0][1], item[0][0]))
        if day + shift < today
    ]
    return rows, len(book.history) - len(rows)


def describe_book(book: SalesBook) -> list[str]:
    """What was found in the file."""
    skipped = ", ".join(f"{item} {count}" for item, count in book.skipped.most_common())
    lines = [f"{len(book.transactions)} transactions, {book.units} units from {book.first_day} to {book.last_day}"]
    names = f" ({skipped})" if skipped else ""
    lines.append(f"skipped {sum(book.skipped.values())} rows of the file that are no goods{names}")
    if book.transactions_without_goods:
        lines.append(f"{book.transactions_without_goods} transactions had nothing else and make no order")
    return lines


def open_bakery(bakery: Bakery, catalog: BakeryCatalog, book: SalesBook, shift: timedelta, first_run: date) -> None:
    """Loads catalog and sales history, and says how much of each."""
    show([f"catalog: {bakery.import_catalog(catalog, book.first_day + shift)} records"])
    rows, left_out = history_rows(book, shift, first_run)
    if rows:
        bar = ProgressBar("sales history", len(rows))
        try:
            bakery.import_history(rows, bar.step)
        finally:
            bar.close()
    note = f"; {left_out} that fall on the day of the first run or later are left out" if left_out else ""
    show([f"sales history: {len(rows)} daily figures{note}"])


def replay(options: argparse.Namespace) -> int:
    """The whole replay; the exit code."""
    folder = state_dir()
    stack = read_stack(folder)
    catalog = BakeryCatalog()
    book = sort_sales(read_sales(options.csv), options.days, catalog.classify, UNKNOWN_ITEM_HINT)
    now = datetime.now(timezone.utc)
    name = f"{file_digest(options.csv)}/{options.days}"
    tenant = str(options.tenant) if options.tenant else None
    memory = ReplayMemory(folder, stack.identity).recall(name, tenant, now, options.fresh)
    first_run = memory.first_run_at.date()
    shift = timedelta(weeks=weeks_to_shift(book.first_day, first_run))
    timetable = Timetable.for_days(book.first_day + shift, book.last_day + shift, now.date())

    heading(f"Replay of {options.csv.name}")
    show(describe_book(book))
    show([f"moved by {shift.days // 7} weeks to {book.first_day + shift} … {book.last_day + shift}"])
    show([f"bakery (tenant) {memory.tenant_id}" + ("" if memory.is_new else ", as remembered from an earlier run")])

    with ApiClient(stack, memory.tenant_id) as client:
        bakery = Bakery(client)
        open_bakery(bakery, catalog, book, shift, first_run)
        # the first run's moment is part of the key: with --fresh the same tenant gets new orders, not refused ones
        prefix = f"replay-{name[:16]}-{options.days}-{memory.first_run_at:%Y%m%dT%H%M%S}"
        orders = counter_orders(book, bakery.customer(COUNTER_KEY, COUNTER), shift, prefix)
        show([send_orders(bakery, orders)])
        return plan_and_report(bakery, catalog, orders, timetable, now.date(), options.check_ingredient)


def main(argv: Sequence[str] | None = None) -> int:
    """Entry point."""
    options = arguments(argv)
    return run_command("replay", lambda: replay(options))


if __name__ == "__main__":
    sys.exit(main())
