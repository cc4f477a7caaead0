"""The demo bakery's catalog: products with recipes, ingredients with stock and offers, suppliers.

It lives in `dev/catalog/*.json`. Dates there are day offsets from the first replayed day (`expires_in_days`, `in_days`,
`holidays_in_days`), so that stock is as fresh whenever the catalog is loaded; they become dates in the request bodies.
Recipe numbers are chosen so that one piece of every product explodes to at most six decimals at each level: the
service's rounding (D60) then never bites, and a recount agrees to the gram.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from fractions import Fraction
from pathlib import Path
from typing import Any

CATALOG_FOLDER = Path(__file__).resolve().parent / "catalog"
MAX_ROWS_PER_KIND = 100
MAX_BODY_BYTES = 200 * 1024  # the service takes 256 KiB (D2); the rest is margin for the envelope
UNKNOWN_ITEM_HINT = (
    "add each to dev/catalog/products.json (with a recipe, or an ingredient of the same id in "
    "dev/catalog/ingredients.json), or to dev/catalog/not_goods.json when it is no goods"
)


class CatalogError(Exception):
    """A catalog file is missing or does not hold together; the message names the file or record."""


@dataclass(frozen=True)
class RecipeLine:
    """One line of a recipe: the quantity of an item for one yield, before waste."""

    item_id: str
    quantity: Fraction
    waste_percentage: Fraction


@dataclass(frozen=True)
class Recipe:
    """What goes into `yield_quantity` units of a product."""

    yield_quantity: Fraction
    lines: tuple[RecipeLine, ...]


def slug(item: str) -> str:
    """The product id of an item name: `Ella's Kitchen Pouches` → `ella-s-kitchen-pouches`."""
    return re.sub(r"[^a-z0-9]+", "-", item.casefold()).strip("-")[:64]


def folded(item: str) -> str:
    """An item name as it is compared: case and stray blanks do not make another item."""
    return " ".join(item.casefold().split())


class BakeryCatalog:
    """The catalog as loaded, and the request bodies made of it."""

    def __init__(self, folder: Path = CATALOG_FOLDER) -> None:
        """Loads and checks the catalog. Raises CatalogError."""
        self.suppliers = _load(folder / "suppliers.json")
        self.ingredients = _load(folder / "ingredients.json")
        self.components = _load(folder / "components.json")
        self.products = _load(folder / "products.json")
        self._not_goods = {folded(row["name"]) for row in _load(folder / "not_goods.json")}
        self._sold = {row["id"] for row in self.products}
        self.ingredient_ids = {row["id"] for row in self.ingredients}
        # suppliers and what is sold; where an ingredient is sold as it is, it has the same name
        self.names: dict[str, str] = {row["id"]: row["name"] for row in [*self.suppliers, *self.products]}
        self.prices = {row["id"]: Fraction(row["price"]) for row in self.products}
        self.recipes = {
            row["id"]: _recipe(row["recipe"]) for row in [*self.components, *self.products] if row.get("recipe")
        }
        self._check_references()

    def _check_references(self) -> None:
        known = self.ingredient_ids | {row["id"] for row in [*self.components, *self.products]}
        for product_id, recipe in self.recipes.items():
            for line in recipe.lines:
                if line.item_id not in known:
                    raise CatalogError(f"the recipe of {product_id} names {line.item_id}, which is not in the catalog")
        for product_id in self._sold - self.recipes.keys() - self.ingredient_ids:
            raise CatalogError(f"{product_id} has neither a recipe nor an ingredient of the same id")
        supplier_ids = {row["id"] for row in self.suppliers}
        for row in self.ingredients:
            for offer in row["offers"]:
                if offer["supplier_id"] not in supplier_ids:
                    raise CatalogError(f"{row['id']} is offered by {offer['supplier_id']}, which is not in the catalog")

    def classify(self, item: str) -> str | None:
        """The product sold under this name; None when the row is no goods; KeyError when the name is unknown."""
        if folded(item) in self._not_goods:
            return None
        product_id = slug(item)
        if product_id not in self._sold:
            raise KeyError(item)
        return product_id

    def import_bodies(self, first_day: date) -> Iterator[dict[str, Any]]:
        """Bodies for `POST …/catalog/import`, in an order in which every reference is already there."""
        rows = [("suppliers", _supplier_body(row, first_day)) for row in self.suppliers]
        rows += [("ingredients", _ingredient_body(row, first_day)) for row in self.ingredients]
        rows += [("products", row) for row in [*self.components, *self.products]]
        body: dict[str, Any] = {}
        size = 0
        for kind, row in rows:
            row_size = len(json.dumps(row, ensure_ascii=False).encode())
            if len(body.get(kind, [])) == MAX_ROWS_PER_KIND or (body and size + row_size > MAX_BODY_BYTES):
                yield body
                body, size = {}, 0
            body.setdefault(kind, []).append(row)
            size += row_size
        if body:
            yield body


def _load(path: Path) -> list[dict[str, Any]]:
    try:
        rows: list[dict[str, Any]] = json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        raise CatalogError(f"cannot read {path}: {error}") from error
    return rows


def _recipe(row: dict[str, Any]) -> Recipe:
    return Recipe(
        Fraction(row["yield_quantity"]),
        tuple(
            RecipeLine(line["item_id"], Fraction(line["quantity"]), Fraction(line.get("waste_percentage", "0")))
            for line in row["lines"]
        ),
    )


def _supplier_body(row: dict[str, Any], first_day: date) -> dict[str, Any]:
    body = {key: value for key, value in row.items() if key != "holidays_in_days"}
    body["holidays"] = [_day(first_day, days) for days in row["holidays_in_days"]]
    return body


def _ingredient_body(row: dict[str, Any], first_day: date) -> dict[str, Any]:
    body = dict(row)
    body["stock_lots"] = [
        {
            "lot_id": lot["lot_id"],
            "quantity": lot["quantity"],
            "expires_on": None if lot["expires_in_days"] is None else _day(first_day, lot["expires_in_days"]),
        }
        for lot in row["stock_lots"]
    ]
    body["open_receipts"] = [
        {
            "reference": receipt["reference"],
            "date": _day(first_day, receipt["in_days"]),
            "quantity": receipt["quantity"],
        }
        for receipt in row["open_receipts"]
    ]
    return body


def _day(first_day: date, offset: int) -> str:
    return (first_day + timedelta(days=offset)).isoformat()
