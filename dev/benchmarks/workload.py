"""The bakery of `shared/domain/benches/workload/mod.rs`, made again with numpy: the same rows from the same numbers."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

SOLD, DOUGHS, INGREDIENTS, DAYS, LINES_PER_ORDER = 9_500, 500, 2_000, 14, 5
PRODUCTS = SOLD + DOUGHS
YIELDS = np.array([10, 12, 20, 24, 40], dtype=np.int64)


def number(stream: int, index: np.ndarray, below: int) -> np.ndarray:
    """SplitMix64's last step: what looks like chance, from a number. 64 bits that wrap, as in Rust."""
    word = (index.astype(np.uint64) + np.uint64(stream << 40)) * np.uint64(0x9E3779B97F4A7C15)
    word = (word ^ (word >> np.uint64(30))) * np.uint64(0xBF58476D1CE4E5B9)
    word = (word ^ (word >> np.uint64(27))) * np.uint64(0x94D049BB133111EB)
    word ^= word >> np.uint64(31)
    return ((word >> np.uint64(33)) % np.uint64(below)).astype(np.int64)


@dataclass
class Lines:
    """Order lines: number of the product, day, thousandths."""

    product: np.ndarray
    day: np.ndarray
    quantity: np.ndarray


@dataclass
class Recipes:
    """Recipe lines, as fractions that are reduced. Nodes are products first, then ingredients."""

    parent: np.ndarray
    child: np.ndarray
    numerator: np.ndarray
    denominator: np.ndarray
    lead_days: np.ndarray


def order_lines(count: int) -> Lines:
    """So many lines, five to an order."""
    index = np.arange(count)
    return Lines(
        product=number(1, index, SOLD),
        day=number(2, index // LINES_PER_ORDER, DAYS),
        quantity=(number(3, index, 40) + 1) * 1_000,
    )


def recipes() -> Recipes:
    """Three ingredients each, and for what is sold also a dough."""
    products = np.arange(PRODUCTS)
    is_sold = products < SOLD
    yielded = np.where(is_sold, YIELDS[number(10, products, 5)], 10 + number(10, products, 40)) * 1_000
    lead_days = np.where(is_sold, number(11, products, 10), number(11, products, 2)) == 0
    parents, children, quantities, wastes = [], [], [], []
    for line in range(3):
        parents.append(products)
        children.append(PRODUCTS + number(12 + line, products, INGREDIENTS))
        quantities.append((number(15 + line, products, 400) + 1) * 5_000)
        wastes.append(number(18 + line, products, 6) * 50)
    sold = products[is_sold]
    parents.append(sold)
    children.append(SOLD + number(21, sold, DOUGHS))
    quantities.append((number(22, sold, 2_000) + 1) * 5_000)
    wastes.append(np.full(SOLD, 100))
    parent = np.concatenate(parents)
    numerator = np.concatenate(quantities) * (10_000 + np.concatenate(wastes))
    denominator = yielded[parent] * 10_000_000
    divisor = np.gcd(numerator, denominator)
    return Recipes(
        parent=parent,
        child=np.concatenate(children),
        numerator=numerator // divisor,
        denominator=denominator // divisor,
        lead_days=lead_days[parent].astype(np.int64),
    )


def checksum(ingredients: np.ndarray) -> int:
    """That of the Rust example, from millionths per ingredient and day: published thousandths, each with a weight."""
    running = np.cumsum(ingredients, axis=1)
    published = (running + 500) // 1_000
    gross = np.diff(published, axis=1, prepend=0)
    weights = (np.arange(1, INGREDIENTS + 1) * 31)[:, None] + np.arange(1, DAYS + 1)[None, :]
    return int((gross * weights).sum())
