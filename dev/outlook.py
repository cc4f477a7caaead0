"""What the planner expects, and what would change its plan: the forecast and the what-ifs of a report, in plain words.

Both come from simulated plans, which the service stores nowhere, so a second run says the same.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import ROUND_CEILING, ROUND_FLOOR, ROUND_HALF_UP, Decimal
from typing import Any

from dev.report import costliest, money, plain, table

PRODUCTS_SHOWN = 8
CHANGES_SHOWN = 3
EXTRA_UNITS = 100
SOURCES = {"sales_partner": "sales partner", "sales_history": "imported sales", "orders": "past orders"}
METHODS = {
    "simple_exponential_smoothing": "recent days count most",
    "croston": "not sold every day (Croston)",
    "syntetos_boylan": "not sold every day (Syntetos-Boylan)",
    "holt": "steady trend",
    "damped_holt": "trend that levels off",
    "holt_winters_additive": "weekdays and trend (added)",
    "holt_winters_multiplicative": "weekdays and trend (in proportion)",
}
NEW_TROUBLE = {  # the worst first; one is enough
    "no_supplier": "nobody else offers it",
    "shortage": "runs out before it can come",
    "late": "comes too late",
}

Names = Mapping[str, str]


def forecast_lines(simulated: dict[str, Any], plan: dict[str, Any], day: date, names: Names) -> list[str]:
    """The products that are expected to sell most, how that is known, and what it would add to the plan."""
    forecasts = simulated.get("forecasts") or []
    if not forecasts:
        return ["none: no product has sales history or past orders to learn from yet"]
    rows = [
        [
            names.get(row["product_id"], row["product_id"]),
            _whole(row["quantity"]),
            _interval(row, day),
            method_in_words(row["method"], row.get("parameters") or {}),
            f"{Decimal(row['mase']):.2f}" if row["mase"] is not None else "-",
            _source(row["source"]),
        ]
        for row in _most_expected(forecasts)[:PRODUCTS_SHOWN]
    ]
    counts = Counter(_source(row["source"]) for row in forecasts)
    sources = ", ".join(f"{count} from {source}" for source, count in counts.most_common())
    idle = sum(Decimal(row["quantity"]) == 0 for row in forecasts)
    unsold = f"; {idle} of them are expected to sell nothing" if idle else ""
    when = f"{day:%a} {day}"
    horizon = f"{simulated['horizon_start_date']} to {simulated['horizon_end_date']}"
    headings = ["product", "expected", when, "method", "MASE", "learnt from"]
    lines = [
        *table(headings, rows, right=(1, 2, 4)),
        f"{len(forecasts)} products are forecast: {sources}{unsold}",
        f"expected: units from {horizon}, ordered or not yet; {when}: between these in 8 of 10 cases",
        "MASE: how far off it was on past days; below 1 is closer than taking the same day of the week before",
    ]
    difference = _difference_to(plan, simulated)
    if difference:
        before, after = (Decimal(difference[f"estimated_cost_{name}"]) for name in ("before", "after"))
        lines.append(f"with what is expected beyond the orders, the plan costs {money(after)}, not {money(before)}")
    return lines


def method_in_words(method: str, parameters: Mapping[str, Any]) -> str:
    """A forecasting method (D70) as one would say it."""
    window = parameters.get("window")
    if method == "moving_average":
        return f"mean of the last {window} days"
    if method == "weekday_average":
        return f"mean of the last {window} same weekdays"
    return METHODS.get(method, method.replace("_", " "))


def best_selling(forecasts: Sequence[dict[str, Any]], ordered: Counter[str], names: Names) -> str | None:
    """The product that is expected to sell most, or without any forecast the one of which most is ordered.

    One that is no longer in the catalog may still have a history, but nobody can sell it.
    """
    for row in _most_expected(forecasts):
        if row["product_id"] in names:
            return str(row["product_id"])
    return min(ordered, key=lambda product_id: (-ordered[product_id], product_id), default=None)


def _most_expected(forecasts: Sequence[dict[str, Any]]) -> list[dict[str, Any]]:
    return sorted(forecasts, key=lambda row: (-Decimal(row["quantity"]), row["product_id"]))


@dataclass(frozen=True)
class WhatIf:
    """A question to the planner: in words, and as what a simulation supposes."""

    question: str
    supposed: dict[str, Any]


def what_ifs(plan: dict[str, Any], product_id: str | None, day: date, names: Names) -> list[WhatIf]:
    """What a baker might ask of this plan; fewer questions when there is nothing to buy, to sell or in stock."""
    asked = []
    requirements = plan["requirements"]
    for row in costliest([row for row in requirements if row.get("supplier_id")], 1):
        question = f"{row['supplier_name']} has no {row['name']}"
        asked.append(WhatIf(question, _override(row, {"unavailable_suppliers": [row["supplier_id"]]})))
    if product_id:
        extra = {"product_id": product_id, "date": day.isoformat(), "quantity": str(EXTRA_UNITS)}
        question = f"{EXTRA_UNITS} more {names.get(product_id, product_id)} on {day:%a} {day}"
        asked.append(WhatIf(question, {"extra_demand": [extra]}))
    stocked = [row for row in requirements if _stock_value(row) > 0]
    if stocked:
        row = min(stocked, key=lambda row: (-_stock_value(row), row["ingredient_id"]))
        question = f"the {plain(row['on_hand'])} {row['unit']} of {row['name']} in the house spoil"
        asked.append(WhatIf(question, _override(row, {"on_hand": "0", "reserved": "0"})))
    return asked


def what_if_lines(
    plan: dict[str, Any], answers: Sequence[tuple[WhatIf, dict[str, Any]]], names: Names
) -> list[str]:
    """For each question what the purchases would cost more, and the ingredients of which most would change."""
    if not answers:
        return ["nothing to ask: there is nothing to buy and nothing to sell"]
    rows = []
    for asked, simulated in answers:
        difference = _difference_to(plan, simulated)
        if difference is None:
            rows.append([asked.question, "-", "not compared: another plan was made meanwhile, run it again"])
            continue
        changed = sorted(difference["requirements"], key=_least_change_last)
        changes = "; ".join(_change(row, plan, simulated, names) for row in changed[:CHANGES_SHOWN])
        more = len(changed) - CHANGES_SHOWN
        text = (changes or "nothing changes") + (f"; {more} more" if more > 0 else "")
        rows.append([asked.question, _signed(difference["estimated_cost_change"]), text])
    return table(["what if", "cost", "what changes most"], rows, right=(1,))


def _difference_to(plan: dict[str, Any], simulated: dict[str, Any]) -> dict[str, Any] | None:
    """The difference that a simulation tells, when it is to this plan and not to one made since."""
    difference: dict[str, Any] | None = simulated.get("difference")
    return difference if difference and difference["plan_id"] == plan["id"] else None


def _change(row: dict[str, Any], plan: dict[str, Any], simulated: dict[str, Any], names: Names) -> str:
    """`+25 kg Butter from Forth Wholesale Grocers (+180.00)`, and what goes wrong that did not before."""
    before, after = row["before"] or {}, row["after"] or {}
    quantity, cost = Decimal(row["order_quantity_change"]), Decimal(row["estimated_cost_change"])
    words = [f"{'+' if quantity > 0 else ''}{plain(quantity)} {row['unit']}"] if quantity else []
    words.append(row["name"])
    supplier = after.get("supplier_id")
    if supplier and supplier != before.get("supplier_id"):
        words.append(f"from {names.get(supplier, supplier)}")
    elif not quantity and after.get("order_by_date") and after["order_by_date"] != before.get("order_by_date"):
        words.append(f"to be ordered by {after['order_by_date']}")
    if cost:
        words.append(f"({_signed(cost)})")
    text = " ".join(words)
    trouble = _trouble(simulated, row["ingredient_id"]) - _trouble(plan, row["ingredient_id"])
    return ", ".join([text, *[said for code, said in NEW_TROUBLE.items() if code in trouble][:1]])


def _trouble(plan: dict[str, Any], ingredient_id: str) -> set[str]:
    rows = (row for row in plan["requirements"] if row["ingredient_id"] == ingredient_id)
    return {exception["code"] for row in rows for exception in row.get("exceptions") or []}


def _override(row: dict[str, Any], supposed: dict[str, Any]) -> dict[str, Any]:
    return {"overrides": {row["ingredient_id"]: supposed}}


def _stock_value(row: dict[str, Any]) -> Decimal:
    return Decimal(row.get("on_hand") or 0) * Decimal(row.get("unit_cost") or 0)


def _least_change_last(row: dict[str, Any]) -> tuple[Decimal, Decimal, str]:
    cost, quantity = Decimal(row["estimated_cost_change"]), Decimal(row["order_quantity_change"])
    return -abs(cost), -abs(quantity), row["ingredient_id"]


def _interval(row: dict[str, Any], day: date) -> str:
    """What is sold on the day in eight of ten cases; a dash where a very large plan leaves out the days.

    On a weekday on which a product has not been sold for long, none is expected.
    """
    for expected in row["days"]:
        if expected["date"] == day.isoformat():
            lower, upper = _whole(expected["lower"], ROUND_FLOOR), _whole(expected["upper"], ROUND_CEILING)
            return lower if lower == upper else f"{lower}–{upper}"
    return "-"


def _source(word: str) -> str:
    return SOURCES.get(word, word.replace("_", " "))


def _whole(quantity: Any, rounding: str = ROUND_HALF_UP) -> str:
    return str(Decimal(quantity).to_integral_value(rounding))


def _signed(amount: Any) -> str:
    number = Decimal(amount)
    return f"{number:+,.2f}" if number else "0.00"
