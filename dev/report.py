"""Aligned plain text for people: progress on stderr, tables and summaries on stdout."""

from __future__ import annotations

import sys
import textwrap
import threading
import time
from collections import Counter, defaultdict
from collections.abc import Sequence
from datetime import date
from decimal import Decimal
from typing import Any, TextIO

BAR_WIDTH = 30
WIDEST_RULE = 60  # under a column of sentences a longer rule only wraps
ROWS_PER_ALERT_TYPE = 8
ROWS_OF_EXCEPTIONS = 12
EXPLAINED_REQUIREMENTS = 2
TEXT_WIDTH = 120
EXCEPTIONS = ("shortage", "past_due", "no_supplier", "late", "expedite", "expiring", "shelf_life", "defer", "cancel")
SEVERITIES = ("critical", "high", "medium", "low")


class ProgressBar:
    """A progress bar on stderr; where that is no terminal, a line per tenth. Safe to step from several threads."""

    def __init__(self, label: str, total: int, stream: TextIO | None = None) -> None:
        """Shows the empty bar at once. A total of 0 means: nobody knows how long it takes."""
        self._label, self._total, self._done = label, total, 0
        self._stream = stream or sys.stderr
        self._terminal = self._stream.isatty()
        self._started = self._drawn = time.monotonic()
        self._lock = threading.Lock()
        self._tenth = 0
        self._draw(force=True)

    def step(self) -> None:
        """One more is done."""
        with self._lock:
            self._done += 1
            self._draw(force=self._done == self._total)

    def close(self) -> None:
        """Ends the line."""
        with self._lock:
            if self._terminal:
                self._draw(force=True)
                self._stream.write("\n")
                self._stream.flush()

    def _draw(self, force: bool) -> None:
        now = time.monotonic()
        seconds = now - self._started
        if not self._terminal:
            tenth = self._done * 10 // self._total if self._total else 0
            if tenth > self._tenth:
                self._tenth = tenth
                print(f"{self._label}: {self._done} of {self._total} ({seconds:.0f} s)", file=self._stream, flush=True)
            return
        if not force and now - self._drawn < 0.1:
            return
        self._drawn = now
        if self._total:
            filled = BAR_WIDTH * self._done // self._total
            bar = f"[{'#' * filled}{'.' * (BAR_WIDTH - filled)}] {self._done}/{self._total}"
        else:
            bar = "." * (self._done % BAR_WIDTH)
        self._stream.write(f"\r\x1b[K{self._label:<15} {bar} {seconds:.0f} s")
        self._stream.flush()


def table(headings: Sequence[str], rows: Sequence[Sequence[str]], right: Sequence[int] = ()) -> list[str]:
    """Rows under headings, columns two blanks apart; the columns in `right` are aligned to the right."""
    widths = [max(len(row[column]) for row in [headings, *rows]) for column in range(len(headings))]
    lines = []
    for row in [headings, *rows]:
        cells = [
            cell.rjust(width) if column in right else cell.ljust(width)
            for column, (cell, width) in enumerate(zip(row, widths, strict=True))
        ]
        lines.append("  ".join(cells).rstrip())
    lines.insert(1, "  ".join("-" * min(width, WIDEST_RULE) for width in widths))
    return lines


def plain(quantity: Any) -> str:
    """A decimal string without its empty decimals: `12.000` → `12`, `2.500` → `2.5`."""
    text = str(quantity)
    return text.rstrip("0").rstrip(".") if "." in text else text


def demand_lines(answers: Sequence[dict[str, Any]], orders_per_day: dict[date, int]) -> list[str]:
    """Demand per day: orders sent, units, and the products most asked for."""
    units: defaultdict[str, defaultdict[str, Decimal]] = defaultdict(lambda: defaultdict(Decimal))
    for answer in answers:
        for product in answer["products"]:
            for day in product["days"]:
                units[day["date"]][product["product_name"]] += Decimal(day["quantity"])
    rows = []
    for day, products in sorted(units.items()):
        when = date.fromisoformat(day)
        most = sorted(products.items(), key=lambda item: (-item[1], item[0]))[:4]
        top = ", ".join(f"{plain(quantity)} {name}" for name, quantity in most)
        rows.append([f"{when:%a} {day}", str(orders_per_day.get(when, 0)), plain(sum(products.values())), top])
    total = sum((Decimal(answer["total_quantity"]) for answer in answers), Decimal(0))
    orders = sum(answer["total_orders"] for answer in answers)
    rows.append(["total", str(orders), plain(total), ""])
    return table(["day", "orders", "units", "most asked for"], rows, right=(1, 2))


def plan_lines(plan: dict[str, Any]) -> list[str]:
    """What to buy, supplier by supplier, then the totals, why, and what the planner wants noticed."""
    requirements = plan["requirements"]
    lines: list[str] = []
    by_supplier: defaultdict[str, list[dict[str, Any]]] = defaultdict(list)
    for row in requirements:
        if Decimal(row["order_quantity"]) > 0:
            by_supplier[row.get("supplier_name") or row.get("supplier_id") or "no supplier"].append(row)
    for supplier, bought in sorted(by_supplier.items()):
        cost = sum((Decimal(row["estimated_cost"] or 0) for row in bought), Decimal(0))
        lines += [f"{supplier}: {len(bought)} to buy, {money(cost)}"]
        rows = [
            [
                row["name"],
                f"{plain(row['order_quantity'])} {row['unit']}",
                row.get("order_by_date") or "-",
                row.get("required_date") or "-",
                str(row.get("unit_cost") or "-"),
                str(row.get("estimated_cost") or "-"),
                f"{row['coverage_percentage']} %",
                (row.get("risk") or {}).get("level", "-"),
            ]
            for row in sorted(bought, key=lambda row: (row.get("order_by_date") or "", row["ingredient_id"]))
        ]
        headings = ["  ingredient", "quantity", "order by", "needed", "unit cost", "cost", "coverage", "risk"]
        lines += table(headings, [[f"  {row[0]}", *row[1:]] for row in rows], right=(1, 4, 5, 6))
        lines.append("")
    enough = len(requirements) - sum(len(bought) for bought in by_supplier.values())
    total = sum((Decimal(r["estimated_cost"] or 0) for rows in by_supplier.values() for r in rows), Decimal(0))
    to_buy = len(requirements) - enough
    lines.append(
        f"{to_buy} ingredients to buy from {len(by_supplier)} suppliers for {money(total)}; "
        f"{enough} are covered by stock and receipts"
    )
    return lines + _explanation_lines(requirements) + _exception_lines(plan)


def costliest(requirements: Sequence[dict[str, Any]], count: int) -> list[dict[str, Any]]:
    """The requirements that cost most, the dearest first; none that costs nothing."""
    priced = [row for row in requirements if Decimal(row.get("estimated_cost") or 0) > 0]
    return sorted(priced, key=lambda row: (-Decimal(row["estimated_cost"]), row["ingredient_id"]))[:count]


def _explanation_lines(requirements: Sequence[dict[str, Any]]) -> list[str]:
    """Why the dearest purchases are what they are, in the planner's own words."""
    lines = []
    for row in costliest(requirements, EXPLAINED_REQUIREMENTS):
        if sentence := (row.get("explanation") or {}).get("sentence"):
            lines += textwrap.wrap(f"why {sentence}", TEXT_WIDTH, subsequent_indent="    ")
    return lines


def _exception_lines(plan: dict[str, Any]) -> list[str]:
    found = []
    for row in plan["requirements"]:
        for exception in row.get("exceptions") or []:
            kind = "/".join(part for part in (exception["code"], exception.get("cause")) if part)
            found.append([kind, row["ingredient_id"], exception.get("message", "")])
    found.sort(key=lambda row: (_urgency(row[0]), row[1]))
    lines = []
    if found:
        counts = ", ".join(f"{count} {kind}" for kind, count in Counter(row[0] for row in found).most_common())
        lines += ["", f"exceptions: {counts}", *table(["kind", "ingredient", "message"], found[:ROWS_OF_EXCEPTIONS])]
        if len(found) > ROWS_OF_EXCEPTIONS:
            lines.append(f"… and {len(found) - ROWS_OF_EXCEPTIONS} more in the plan")
    for warning in plan.get("warnings") or []:
        lines.append(f"warning: {warning['message']}")
    return lines


def alert_lines(alerts: Sequence[dict[str, Any]]) -> list[str]:
    """Alerts, the most severe first; of many of a kind the first few and how many more."""
    if not alerts:
        return ["none"]
    ranked = sorted(alerts, key=lambda alert: (_rank(alert["severity"]), alert_kind(alert), alert["title"]))
    shown: Counter[tuple[str, str]] = Counter()
    rows = []
    for alert in ranked:
        kind = (alert["severity"], alert_kind(alert))
        shown[kind] += 1
        if shown[kind] <= ROWS_PER_ALERT_TYPE:
            rows.append([alert["severity"], kind[1], alert["title"], ", ".join(alert.get("channels") or [])])
    lines = table(["severity", "kind", "title", "channels"], rows)
    for (severity, name), count in shown.items():
        if count > ROWS_PER_ALERT_TYPE:
            lines.append(f"… and {count - ROWS_PER_ALERT_TYPE} more {severity} {name}")
    return lines


def alert_kind(alert: dict[str, Any]) -> str:
    """Type and subtype in one word."""
    return "/".join(part for part in (alert["alert_type"], alert.get("subtype")) if part)


def _urgency(kind: str) -> int:
    code = kind.partition("/")[0]
    return EXCEPTIONS.index(code) if code in EXCEPTIONS else len(EXCEPTIONS)


def _rank(severity: str) -> int:
    return SEVERITIES.index(severity) if severity in SEVERITIES else len(SEVERITIES)


def money(amount: Decimal) -> str:
    """An amount with two decimals (the figures summed have no more)."""
    return f"{amount:,.2f}"
