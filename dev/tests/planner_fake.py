"""The planner of the stand-in: what to buy for some orders, what is expected, and how two plans differ.

Its explosion is written apart from the recount: decimals, rounded to six places half away from zero at every level,
as D60 has it. So the tests also show that the catalog's recipes survive that rounding.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from datetime import date, timedelta
from decimal import ROUND_HALF_UP, Decimal
from typing import Any

SIX = Decimal("0.000001")
THREE = Decimal("0.001")
COMPARED = ("order_quantity", "order_by_date", "supplier_id", "estimated_cost")

Catalog = dict[str, dict[str, Any]]


def requirements(
    catalog: Catalog, demand: Iterable[tuple[str, Decimal]], extra_grams: Decimal, supposed: dict[str, Any]
) -> list[dict[str, Any]]:
    """One row per ingredient that the demand (product, quantity) needs; `supposed` is of ingredients, by id."""
    needs: defaultdict[str, Decimal] = defaultdict(Decimal)
    for product_id, quantity in demand:
        _explode(catalog, product_id, quantity, needs)
    return [
        _requirement(catalog, ingredient_id, gross, extra_grams, supposed.get(ingredient_id, {}))
        for ingredient_id, gross in sorted(needs.items())
    ]


def _explode(catalog: Catalog, item_id: str, quantity: Decimal, needs: defaultdict[str, Decimal]) -> None:
    recipe = catalog["products"].get(item_id, {}).get("recipe")
    if recipe is None:
        needs[item_id] += quantity
        return
    for line in recipe["lines"]:
        waste = 1 + Decimal(line.get("waste_percentage", "0")) / 100
        need = quantity * Decimal(line["quantity"]) / Decimal(recipe["yield_quantity"]) * waste
        _explode(catalog, line["item_id"], need.quantize(SIX, ROUND_HALF_UP), needs)


def _requirement(
    catalog: Catalog, ingredient_id: str, gross: Decimal, extra_grams: Decimal, supposed: dict[str, Any]
) -> dict[str, Any]:
    row = catalog["ingredients"][ingredient_id]
    in_stock = sum((Decimal(lot["quantity"]) for lot in row["stock_lots"]), Decimal(0))
    stock = Decimal(supposed.get("on_hand", in_stock))
    short = max(Decimal(0), gross * Decimal("1.2") - stock)
    unavailable = supposed.get("unavailable_suppliers", [])
    offer = next((offer for offer in row["offers"] if offer["supplier_id"] not in unavailable), {})
    price, supplier_id = offer.get("unit_price"), offer.get("supplier_id")
    exceptions = [{"code": "shortage", "message": "Buy it nearby."}] if stock < gross else []
    if not offer:
        exceptions.append({"code": "no_supplier", "message": "Find one."})
    return {
        "ingredient_id": ingredient_id,
        "name": row["name"],
        "unit": row["unit"],
        "gross_requirement": str((gross + extra_grams).quantize(THREE, ROUND_HALF_UP)),
        "on_hand": f"{stock:.3f}",
        "order_quantity": f"{short:.3f}",
        "order_by_date": None,
        "estimated_cost": f"{short * Decimal(price):.2f}" if price else None,
        "unit_cost": price,
        "supplier_id": supplier_id,
        "supplier_name": catalog["suppliers"][supplier_id]["name"] if supplier_id else None,
        "coverage_percentage": f"{min(Decimal(100), stock / gross * 100):.2f}",
        "exceptions": exceptions,
        "explanation": {"steps": [], "sentence": f"{short:.3f} {row['unit']} of {row['name']}: so many are needed."},
    }


def forecasts(history: dict[tuple[str, str], str], start: date, days: int) -> list[dict[str, Any]]:
    """For each product with a history the mean of its days, for every day of the horizon, a quarter more or less."""
    sold: defaultdict[str, list[Decimal]] = defaultdict(list)
    for (product_id, _), quantity in sorted(history.items()):
        sold[product_id].append(Decimal(quantity))
    rows = []
    for product_id, quantities in sorted(sold.items()):
        mean = sum(quantities, Decimal(0)) / len(quantities)
        lower, upper = mean * Decimal("0.75"), mean * Decimal("1.25")
        day = {"quantity": f"{mean:.3f}", "lower": f"{lower:.3f}", "upper": f"{upper:.3f}"}
        rows.append(
            {
                "product_id": product_id,
                "source": "sales_history",
                "method": "moving_average",
                "parameters": {"window": len(quantities)},
                "mase": "0.8123" if len(quantities) > 14 else None,
                "quantity": f"{mean * days:.3f}",
                "days": [{"date": (start + timedelta(days=offset)).isoformat(), **day} for offset in range(days)],
            }
        )
    return rows


def difference(plan: dict[str, Any], after: list[dict[str, Any]]) -> dict[str, Any]:
    """How these requirements differ from those of a stored plan (D69)."""
    before = {row["ingredient_id"]: row for row in plan["requirements"]}
    changed = []
    for row in after:
        old = before.get(row["ingredient_id"])
        old_figures, figures = ({name: r[name] for name in COMPARED} if r else None for r in (old, row))
        if old_figures != figures:
            changed.append(
                {
                    **{name: row[name] for name in ("ingredient_id", "name", "unit")},
                    "before": old_figures,
                    "after": figures,
                    "order_quantity_change": str(_sum([row], "order_quantity") - _sum([old], "order_quantity")),
                    "estimated_cost_change": str(_sum([row], "estimated_cost") - _sum([old], "estimated_cost")),
                }
            )
    costs = _sum(before.values(), "estimated_cost"), _sum(after, "estimated_cost")
    return {
        "plan_id": plan["id"],
        "plan_number": plan["plan_number"],
        "estimated_cost_before": str(costs[0]),
        "estimated_cost_after": str(costs[1]),
        "estimated_cost_change": str(costs[1] - costs[0]),
        "requirements": changed,
    }


def _sum(rows: Iterable[dict[str, Any] | None], name: str) -> Decimal:
    return sum((Decimal(row[name] or 0) for row in rows if row), Decimal(0))
