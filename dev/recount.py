"""Counts the gross requirement again, from the orders and the recipes, in exact fractions.

Nothing here is shared with the service: it is what the plan is held against. Figures are compared as the service
publishes them, with three decimals (grams, millilitres), rounded half away from zero.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

from dev.bakery_catalog import BakeryCatalog


@dataclass(frozen=True)
class Difference:
    """An ingredient whose planned gross requirement is not what the recount says."""

    ingredient_id: str
    planned: str
    recounted: str


def unit_requirements(catalog: BakeryCatalog, item_id: str) -> dict[str, Fraction]:
    """Ingredients in one unit of a product, through all levels; an ingredient stands for itself."""
    recipe = catalog.recipes.get(item_id)
    if recipe is None:
        return {item_id: Fraction(1)}
    total: defaultdict[str, Fraction] = defaultdict(Fraction)
    for line in recipe.lines:
        share = line.quantity / recipe.yield_quantity * (1 + line.waste_percentage / 100)
        for ingredient_id, quantity in unit_requirements(catalog, line.item_id).items():
            total[ingredient_id] += share * quantity
    return dict(total)


def gross_requirements(catalog: BakeryCatalog, demand: Mapping[str, int]) -> dict[str, Fraction]:
    """Ingredients needed for these units of each product."""
    total: defaultdict[str, Fraction] = defaultdict(Fraction)
    for product_id, units in demand.items():
        for ingredient_id, quantity in unit_requirements(catalog, product_id).items():
            total[ingredient_id] += units * quantity
    return dict(total)


def published(quantity: Fraction) -> str:
    """A quantity with three decimals, rounded half away from zero."""
    sign = "-" if quantity < 0 else ""
    thousandths = (abs(quantity) * 2000 + 1) // 2
    return f"{sign}{thousandths // 1000}.{thousandths % 1000:03d}"


def compare(
    requirements: list[dict[str, Any]], expected: Mapping[str, Fraction], only: list[str] | None = None
) -> tuple[int, list[Difference]]:
    """How many ingredients were compared, and those that differ.

    An ingredient missing from the plan counts as 0, as does one the orders do not need.
    """
    planned = {row["ingredient_id"]: Fraction(row["gross_requirement"]) for row in requirements}
    compared = sorted(set(only) if only else planned.keys() | expected.keys())
    differences = []
    for ingredient_id in compared:
        have = published(planned.get(ingredient_id, Fraction(0)))
        want = published(expected.get(ingredient_id, Fraction(0)))
        if have != want:
            differences.append(Difference(ingredient_id, have, want))
    return len(compared), differences
