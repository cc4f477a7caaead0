"""Reads a bakery's till export and turns it into orders and sales history.

The file has the columns `Date,Time,Transaction,Item`; one row is one unit sold. Rows of one transaction on one day
make one order, with the quantities of equal items summed. The last days of the file are moved into the near future by
whole weeks, so that a Saturday stays a Saturday; what lies before them becomes sales history.
"""

from __future__ import annotations

import csv
import hashlib
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from pathlib import Path

COLUMNS = ("Date", "Time", "Transaction", "Item")
DATE_FORMATS = ("%d-%m-%Y", "%Y-%m-%d", "%d/%m/%Y")
TIME_FORMATS = ("%H:%M:%S", "%H:%M")
MAX_FIELD_LENGTH = 200


class SalesFileError(Exception):
    """The sales file cannot be used; the message names the line and what to do."""


@dataclass(frozen=True)
class Sale:
    """One unit sold, as the till wrote it."""

    line: int
    sold_at: datetime
    transaction: str
    item: str


@dataclass(frozen=True)
class Transaction:
    """One till transaction: the units of each product, never empty."""

    transaction: str
    sold_at: datetime
    quantities: dict[str, int]


@dataclass
class SalesBook:
    """A sales file sorted into what is replayed, what is history, and what was left out."""

    transactions: list[Transaction] = field(default_factory=list)
    history: dict[tuple[str, date], int] = field(default_factory=dict)
    skipped: Counter[str] = field(default_factory=Counter)
    transactions_without_goods: int = 0
    first_day: date = date.min
    last_day: date = date.min

    @property
    def units(self) -> int:
        """Units in all replayed transactions."""
        return sum(sum(t.quantities.values()) for t in self.transactions)


def file_digest(path: Path) -> str:
    """SHA-256 of the file's bytes: what the idempotency keys and the remembered shift hang on."""
    return hashlib.sha256(path.read_bytes()).hexdigest()


def read_sales(path: Path) -> list[Sale]:
    """All rows of the file, in its order.

    Raises SalesFileError for a missing file, missing columns or a malformed row, naming the line.
    """
    try:
        with path.open(encoding="utf-8-sig", newline="") as handle:
            return _read_rows(path, csv.DictReader(handle))
    except OSError as error:
        raise SalesFileError(f"cannot read {path}: {error.strerror}; give the path of a sales CSV") from error
    except UnicodeDecodeError as error:
        raise SalesFileError(f"{path} is not UTF-8 ({error.reason}); save it as UTF-8 and run again") from error
    except csv.Error as error:
        raise SalesFileError(f"{path} is not readable as CSV: {error}") from error


def _read_rows(path: Path, rows: csv.DictReader[str]) -> list[Sale]:
    names = {name.strip().lower(): name for name in rows.fieldnames or [] if name}
    missing = [column for column in COLUMNS if column.lower() not in names]
    if missing:
        raise SalesFileError(f"{path}, line 1: column {', '.join(missing)} missing; expected {','.join(COLUMNS)}")
    column_names = [names[column.lower()] for column in COLUMNS]
    sales = []
    for row in rows:
        line = rows.line_num
        values = [(row[name] or "").strip() for name in column_names]
        for column, value in zip(COLUMNS, values, strict=True):
            if not value:
                raise SalesFileError(f"{path}, line {line}: {column} is empty")
            if len(value) > MAX_FIELD_LENGTH:
                raise SalesFileError(f"{path}, line {line}: {column} is longer than {MAX_FIELD_LENGTH} characters")
        day = _parse(values[0], DATE_FORMATS)
        time = _parse(values[1], TIME_FORMATS)
        if day is None:
            raise SalesFileError(f"{path}, line {line}: Date {values[0]!r} is none; expected day-month-year")
        if time is None:
            raise SalesFileError(f"{path}, line {line}: Time {values[1]!r} is none; expected hours:minutes:seconds")
        sales.append(Sale(line, datetime.combine(day.date(), time.time()), values[2], values[3]))
    if not sales:
        raise SalesFileError(f"{path} has no sales: only a header line")
    return sales


def _parse(text: str, formats: Iterable[str]) -> datetime | None:
    for pattern in formats:
        try:
            return datetime.strptime(text, pattern)
        except ValueError:
            continue
    return None


def sort_sales(sales: list[Sale], days: int, classify: Callable[[str], str | None], unknown_hint: str) -> SalesBook:
    """Splits the file at its last `days` calendar days.

    `classify` gives an item's product id, None for a row that is no goods, and raises KeyError for an unknown item.
    Raises SalesFileError listing every unknown item with its count, followed by `unknown_hint`.
    """
    last_day = max(sale.sold_at.date() for sale in sales)
    book = SalesBook(first_day=last_day - timedelta(days=days - 1), last_day=last_day)
    unknown: Counter[str] = Counter()
    baskets: dict[tuple[date, str], Counter[str]] = defaultdict(Counter)
    times: dict[tuple[date, str], datetime] = {}
    for sale in sales:
        day = sale.sold_at.date()
        try:
            product_id = classify(sale.item)
        except KeyError:
            unknown[sale.item] += 1
            continue
        basket = (day, sale.transaction)
        if day >= book.first_day:
            baskets[basket]  # a transaction of nothing but gifts is still seen, and counted below
            times[basket] = min(times.get(basket, sale.sold_at), sale.sold_at)
        if product_id is None:
            book.skipped[sale.item] += 1
        elif day >= book.first_day:
            baskets[basket][product_id] += 1
        else:
            book.history[product_id, day] = book.history.get((product_id, day), 0) + 1
    if unknown:
        listing = ", ".join(f"{item!r} ({count})" for item, count in unknown.most_common())
        raise SalesFileError(f"items without a product: {listing}; {unknown_hint}")
    for basket in sorted(baskets, key=lambda key: (times[key], key[1])):
        quantities = dict(sorted(baskets[basket].items()))
        if quantities:
            book.transactions.append(Transaction(basket[1], times[basket], quantities))
        else:
            book.transactions_without_goods += 1
    return book


def weeks_to_shift(first_day: date, today: date) -> int:
    """Whole weeks that move `first_day` into the seven days after `today`, tomorrow at the earliest."""
    tomorrow = today + timedelta(days=1)
    return -((first_day - tomorrow).days // 7)
