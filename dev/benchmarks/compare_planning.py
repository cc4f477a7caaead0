"""`make bench-compare`: ids to numbers by a dictionary, and the first two steps of a plan, aggregation and explosion (D60),
by numpy and by SQLite, beside the whole plan by the planner, over the same rows and in the same session.

Times are those on the processor, which hardly move when others use the machine as well. Each way's gross requirements
must have the planner's checksum, to the last thousandth.
"""

from __future__ import annotations

import argparse
import json
import sqlite3
import subprocess
import sys
import time
from collections.abc import Callable
from typing import TypeVar

import numpy as np

from dev.benchmarks.workload import (
    DAYS,
    INGREDIENTS,
    LINES_PER_ORDER,
    PRODUCTS,
    SOLD,
    Lines,
    Recipes,
    checksum,
    order_lines,
    recipes,
)
from dev.settings import ROOT

NODES = PRODUCTS + INGREDIENTS
EXAMPLE = ["cargo", "run", "--release", "--quiet", "-p", "orders_domain", "--example", "planning_memory", "--"]
# Ten million rows as Python objects take gigabytes.
LARGEST_FOR_OBJECTS = 1_000_000

T = TypeVar("T")


def best_of(runs: int, work: Callable[[], T]) -> tuple[float, T]:
    """The least time on the processor of some runs in milliseconds, and what the last one came to."""
    times = []
    for _ in range(runs):
        begun = time.process_time()
        result = work()
        times.append((time.process_time() - begun) * 1_000)
    return min(times), result


def needs(quantity: np.ndarray, numerator: np.ndarray, denominator: np.ndarray) -> np.ndarray:
    """`quantity · numerator / denominator`, rounded half away from zero; nothing here is below it."""
    product = quantity * numerator
    quotient = product // denominator
    remainder = product - quotient * denominator
    return quotient + (remainder >= denominator - remainder)


def dictionary_interning(orders: list[str], products: list[str]) -> int:
    """Numbers for the ids of order lines, which is what the planner's order lines do as they are put together."""
    order_numbers: dict[str, int] = {}
    product_numbers: dict[str, int] = {}
    rows = [
        (order_numbers.setdefault(order, len(order_numbers)), product_numbers.setdefault(product, len(product_numbers)))
        for order, product in zip(orders, products, strict=True)
    ]
    return len(rows)


def numpy_aggregation(lines: Lines) -> np.ndarray:
    """Thousandths per product and day. Sums stay far below 2^53, where doubles stop being exact."""
    cells = lines.product * DAYS + lines.day
    table = np.bincount(cells, weights=lines.quantity, minlength=SOLD * DAYS)
    return table.astype(np.int64).reshape(SOLD, DAYS)


def numpy_explosion(demand: np.ndarray, bill: Recipes) -> np.ndarray:
    """Millionths per ingredient and day: first what is sold, then the doughs that it needs."""
    table = np.zeros((NODES, DAYS), dtype=np.int64)
    table[:SOLD] = demand * 1_000
    day = np.arange(DAYS)[None, :]
    for level in (bill.parent < SOLD, bill.parent >= SOLD):
        need = needs(table[bill.parent[level]], bill.numerator[level][:, None], bill.denominator[level][:, None])
        need_day = np.maximum(day - bill.lead_days[level][:, None], 0)
        np.add.at(table, (bill.child[level][:, None], need_day), need)
    return table[PRODUCTS:]


AGGREGATION = "CREATE TABLE demand AS SELECT product_id, day, SUM(quantity) * 1000 AS q FROM lines GROUP BY product_id, day"
# Rounded half up, which is half away from zero where nothing is negative.
LEVEL = """CREATE TABLE {into} AS
    SELECT child AS product_id, MAX(0, day - lead_days) AS day,
           SUM(q * numerator / denominator + (q * numerator % denominator * 2 >= denominator)) AS q
    FROM {source} JOIN recipes ON parent = product_id GROUP BY 1, 2"""
GROSS = "SELECT product_id, day, SUM(q) FROM (SELECT * FROM first UNION ALL SELECT * FROM second) GROUP BY 1, 2"


def node_id(node: int) -> str:
    """The id as the Rust workload has it."""
    return f"product-{node:05}" if node < PRODUCTS else f"ingredient-{node - PRODUCTS:04}"


def sqlite_database(lines: Lines, bill: Recipes) -> sqlite3.Connection:
    """The rows in memory, with text ids as they come."""
    database = sqlite3.connect(":memory:")
    database.execute("CREATE TABLE lines (product_id TEXT, day INTEGER, quantity INTEGER)")
    ids = [node_id(node) for node in range(NODES)]
    rows = zip(lines.product.tolist(), lines.day.tolist(), lines.quantity.tolist(), strict=True)
    database.executemany("INSERT INTO lines VALUES (?, ?, ?)", ((ids[row[0]], *row[1:]) for row in rows))
    columns = "parent TEXT, child TEXT, numerator INTEGER, denominator INTEGER, lead_days INTEGER"
    database.execute(f"CREATE TABLE recipes ({columns})")
    fields = (bill.parent, bill.child, bill.numerator, bill.denominator, bill.lead_days)
    of_lines = zip(*(field.tolist() for field in fields), strict=True)
    database.executemany(
        "INSERT INTO recipes VALUES (?, ?, ?, ?, ?)", ((ids[row[0]], ids[row[1]], *row[2:]) for row in of_lines)
    )
    database.execute("CREATE INDEX by_parent ON recipes (parent)")
    return database


def sqlite_aggregation(database: sqlite3.Connection) -> None:
    """GROUP BY product and day."""
    database.execute("DROP TABLE IF EXISTS demand")
    database.execute(AGGREGATION)


def sqlite_explosion(database: sqlite3.Connection) -> np.ndarray:
    """A join for each level."""
    for into, source in (("first", "demand"), ("second", "first")):
        database.execute(f"DROP TABLE IF EXISTS {into}")
        database.execute(LEVEL.format(into=into, source=source))
    table = np.zeros((INGREDIENTS, DAYS), dtype=np.int64)
    for item, day, micro in database.execute(GROSS):
        if item.startswith("ingredient-"):
            table[int(item.rsplit("-", 1)[1]), day] = micro
    return table


def planner(lines: int, runs: int) -> dict[str, int]:
    """The planner's own figures, the best of some processes."""
    best: dict[str, int] = {}
    for _ in range(runs):
        told = subprocess.run([*EXAMPLE, str(lines), "warm"], cwd=ROOT, check=True, capture_output=True, text=True)
        figures = json.loads(told.stdout)
        for name in figures:
            best[name] = min(figures[name], best.get(name, figures[name]))
    return best


def compare(count: int, bill: Recipes, runs: int) -> None:
    """Prints a line for each way, and stops when two do not come to the same."""
    ours = planner(count, runs)
    whole, interning = ours["plan_us"] / 1_000, ours["intern_us"] / 1_000
    print(f"{count:>10} lines  planner, interning               {interning:>9.1f} ms", flush=True)
    print(f"{count:>10} lines  planner, whole plan              {whole:>9.1f} ms", flush=True)

    def tell(name: str, aggregation: float, explosion: float, gross: np.ndarray) -> None:
        total = aggregation + explosion
        parts = f"{total:>9.1f} ms = {aggregation:.1f} + {explosion:.1f}, {total / whole:.1f} × the whole plan"
        print(f"{count:>10} lines  {name:<33}{parts}", flush=True)
        if checksum(gross) != ours["checksum"]:
            sys.exit(f"{name} came to another checksum: {checksum(gross)} instead of {ours['checksum']}")

    lines = order_lines(count)
    aggregation, demand = best_of(runs, lambda: numpy_aggregation(lines))
    explosion, gross = best_of(runs, lambda: numpy_explosion(demand, bill))
    tell("numpy, aggregation and explosion", aggregation, explosion, gross)
    if count <= LARGEST_FOR_OBJECTS:
        orders = [f"{order:036}" for order in (np.arange(count) // LINES_PER_ORDER).tolist()]
        products = [node_id(product) for product in lines.product.tolist()]
        dictionary, _ = best_of(runs, lambda: dictionary_interning(orders, products))
        ratio = f"{dictionary:>9.1f} ms, {dictionary / interning:.1f} × the planner's"
        print(f"{count:>10} lines  dictionary, interning            {ratio}", flush=True)
        database = sqlite_database(lines, bill)
        aggregation, _ = best_of(runs, lambda: sqlite_aggregation(database))
        explosion, gross = best_of(runs, lambda: sqlite_explosion(database))
        tell("SQLite, aggregation and explosion", aggregation, explosion, gross)
        database.close()


def main() -> None:
    """Compares for each number of lines."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--lines", type=int, nargs="+", default=[100_000, 1_000_000, 10_000_000])
    parser.add_argument("--runs", type=int, default=5, help="the best of so many runs counts")
    arguments = parser.parse_args()
    print(f"numpy {np.__version__}, SQLite {sqlite3.sqlite_version}")
    bill = recipes()
    for count in arguments.lines:
        compare(count, bill, arguments.runs)


if __name__ == "__main__":
    main()
