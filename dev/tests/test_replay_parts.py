"""The parts of a replay: reading the file, moving the dates, keys, the catalog, the recount."""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
import tempfile
import unittest
from datetime import date, datetime, timedelta, timezone
from fractions import Fraction
from pathlib import Path

from dev.api_client import Stack, StackError, mint_token, read_stack, render_problem, retry_after
from dev.bakery import NewOrder, date_ranges
from dev.bakery_catalog import MAX_BODY_BYTES, BakeryCatalog, slug
from dev.demo import SAMPLE
from dev.recount import compare, gross_requirements, published, unit_requirements
from dev.replay import counter_orders, history_rows, order_key
from dev.replay_memory import ReplayMemory
from dev.report import plain, table
from dev.sales_csv import SalesFileError, read_sales, sort_sales, weeks_to_shift

CSV = """Date,Time,Transaction,Item
30-10-2016,09:58:11,1,Bread
01-11-2016,10:05:34,2,Coffee
01-11-2016,10:05:34,2,Bread
01-11-2016,10:05:34,2,Coffee
01-11-2016,10:07:57,3,Postcard
02-11-2016,08:00:00,4,coffee
02-11-2016,08:00:00,4,Tshirt
"""


class SalesFile(unittest.TestCase):
    def setUp(self) -> None:
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.path = Path(folder.name) / "sales.csv"
        self.catalog = BakeryCatalog()

    def sales(self, text: str, days: int = 2):  # type: ignore[no-untyped-def]
        self.path.write_text(text, encoding="utf-8")
        return sort_sales(read_sales(self.path), days, self.catalog.classify, "add it")

    def refused(self, text: str) -> str:
        with self.assertRaises(SalesFileError) as caught:
            self.sales(text)
        return str(caught.exception)

    def test_sums_units_per_product_and_splits_history(self) -> None:
        book = self.sales(CSV)
        self.assertEqual([t.quantities for t in book.transactions], [{"bread": 1, "coffee": 2}, {"coffee": 1}])
        self.assertEqual(book.history, {("bread", date(2016, 10, 30)): 1})
        self.assertEqual((book.first_day, book.last_day), (date(2016, 11, 1), date(2016, 11, 2)))

    def test_skips_and_counts_what_is_no_goods(self) -> None:
        book = self.sales(CSV)
        self.assertEqual(dict(book.skipped), {"Postcard": 1, "Tshirt": 1})
        self.assertEqual(book.transactions_without_goods, 1)

    def test_unknown_items_are_listed_with_counts(self) -> None:
        message = self.refused(CSV + "02-11-2016,08:00:00,5,Kipper\n02-11-2016,08:00:00,5,Kipper\n")
        self.assertIn("'Kipper' (2)", message)
        self.assertIn("add it", message)

    def test_malformed_rows_name_their_line(self) -> None:
        self.assertIn("line 9: Date '31-02-2016'", self.refused(CSV + "31-02-2016,08:00:00,5,Bread\n"))
        self.assertIn("line 9: Time '8 o'", self.refused(CSV + "02-11-2016,8 o,5,Bread\n").replace('"', "'"))
        self.assertIn("line 9: Item is empty", self.refused(CSV + "02-11-2016,08:00:00,5\n"))
        self.assertIn("column Item missing", self.refused("Date,Time,Transaction\n"))
        self.assertIn("no sales", self.refused("Date,Time,Transaction,Item\n"))

    def test_a_missing_file_says_what_to_do(self) -> None:
        with self.assertRaisesRegex(SalesFileError, "give the path"):
            read_sales(self.path)

    def test_the_sample_is_all_known_and_has_weekends_busier(self) -> None:
        book = sort_sales(read_sales(SAMPLE), 28, self.catalog.classify, "")
        self.assertGreater(len(book.transactions), 250)
        per_weekday = [0] * 7
        for transaction in book.transactions:
            per_weekday[transaction.sold_at.weekday()] += 1
        self.assertEqual(max(range(7), key=per_weekday.__getitem__), 5)


class Dates(unittest.TestCase):
    def test_the_shift_keeps_weekdays_and_lands_in_the_next_seven_days(self) -> None:
        for first in (date(2016, 10, 30), date(2017, 3, 13), date(2031, 1, 1)):
            for offset in range(40):
                today = date(2026, 2, 20) + timedelta(days=offset)
                moved = first + timedelta(weeks=weeks_to_shift(first, today))
                self.assertEqual(moved.weekday(), first.weekday())
                self.assertIn((moved - today).days, range(1, 8))

    def test_ranges_cover_every_day_once(self) -> None:
        pieces = list(date_ranges(date(2026, 1, 1), date(2026, 3, 31), 31))
        days = [a + timedelta(days=n) for a, b in pieces for n in range((b - a).days + 1)]
        self.assertEqual(days, [date(2026, 1, 1) + timedelta(days=n) for n in range(90)])
        self.assertLessEqual(max((b - a).days + 1 for a, b in pieces), 31)

    def test_history_that_would_not_be_past_is_left_out(self) -> None:
        book = sort_sales(read_sales(SAMPLE), 21, BakeryCatalog().classify, "")
        shift = timedelta(weeks=weeks_to_shift(book.first_day, today := date(2026, 6, 3)))
        rows, left_out = history_rows(book, shift, today)
        self.assertTrue(rows)
        self.assertLess(max(row["date"] for row in rows), today.isoformat())
        self.assertEqual(len(rows) + left_out, len(book.history))


class Keys(unittest.TestCase):
    def test_bodies_and_keys_are_the_same_on_every_run(self) -> None:
        def bodies() -> list[tuple[str, str]]:
            book = sort_sales(read_sales(SAMPLE), 21, BakeryCatalog().classify, "")
            orders = counter_orders(book, "c", timedelta(weeks=50), "replay-x")
            return [(order.key, json.dumps(order.body())) for order in orders]

        first = bodies()
        self.assertEqual(first, bodies())
        self.assertEqual(len({key for key, _ in first}), len(first))

    def test_keys_are_visible_ascii_and_differ_by_day(self) -> None:
        key = order_key("replay-0123", date(2026, 1, 1), "Kasse ü 1")
        self.assertTrue(key.isascii() and key.isprintable() and " " not in key and len(key) <= 255)
        self.assertNotEqual(key, order_key("replay-0123", date(2026, 1, 2), "Kasse ü 1"))

    def test_an_order_is_a_pickup_with_sorted_string_quantities(self) -> None:
        order = NewOrder("k", "c", datetime(2026, 1, 2, 8, 5, tzinfo=timezone.utc), {"tea": 1, "bread": 2})
        self.assertEqual(
            order.body()["items"],
            [
                {"product_id": "bread", "quantity": "2"},
                {"product_id": "tea", "quantity": "1"},
            ],
        )
        self.assertEqual(order.body()["requested_delivery_at"], "2026-01-02T08:05:00Z")
        self.assertEqual(order.body()["delivery_method"], "pickup")

    def test_memory_outlives_the_day_and_ends_with_the_stack(self) -> None:
        with tempfile.TemporaryDirectory() as name:
            folder, now = Path(name), datetime(2026, 5, 1, 23, 59, 59, 5, tzinfo=timezone.utc)
            made = ReplayMemory(folder, "http://a").recall("x/28", None, now, False)
            later = ReplayMemory(folder, "http://a").recall("x/28", None, now + timedelta(days=9), False)
            self.assertEqual((later.tenant_id, later.first_run_at), (made.tenant_id, made.first_run_at))
            self.assertTrue(made.is_new and not later.is_new)
            other = ReplayMemory(folder, "http://a").recall("x/14", None, now, False)
            fresh = ReplayMemory(folder, "http://a").recall("x/28", None, now + timedelta(days=9), True)
            new_stack = ReplayMemory(folder, "http://b").recall("x/28", None, now, False)
            self.assertEqual(len({made.tenant_id, other.tenant_id, fresh.tenant_id, new_stack.tenant_id}), 4)


class Catalog(unittest.TestCase):
    def setUp(self) -> None:
        self.catalog = BakeryCatalog()

    def test_every_level_of_every_recipe_is_exact_in_six_decimals(self) -> None:
        def walk(item_id: str, quantity: Fraction) -> None:
            self.assertEqual((quantity * 10**6).denominator, 1, f"{item_id}: {quantity}")
            for line in self.catalog.recipes[item_id].lines if item_id in self.catalog.recipes else ():
                share = line.quantity / self.catalog.recipes[item_id].yield_quantity
                walk(line.item_id, quantity * share * (1 + line.waste_percentage / 100))

        for product in self.catalog.products:
            walk(product["id"], Fraction(1))

    def test_bodies_stay_within_the_limits_and_hold_every_record(self) -> None:
        bodies = list(self.catalog.import_bodies(date(2026, 1, 5)))
        for body in bodies:
            self.assertLessEqual(max(len(rows) for rows in body.values()), 100)
            self.assertLessEqual(len(json.dumps(body).encode()), MAX_BODY_BYTES + 50_000)
        kinds = (self.catalog.suppliers, self.catalog.ingredients, self.catalog.components, self.catalog.products)
        self.assertEqual(sum(len(rows) for body in bodies for rows in body.values()), sum(map(len, kinds)))
        self.assertNotIn("in_days", json.dumps(bodies))

    def test_day_offsets_become_dates(self) -> None:
        [*_, flour] = [
            row
            for body in self.catalog.import_bodies(date(2026, 1, 5))
            for row in body.get("ingredients", [])
            if row["id"] == "flour"
        ]
        self.assertEqual(flour["stock_lots"][0]["expires_on"], "2026-03-06")

    def test_ids_match_what_the_service_takes(self) -> None:
        # D1
        for rows in (self.catalog.products, self.catalog.components, self.catalog.ingredients, self.catalog.suppliers):
            for row in rows:
                self.assertRegex(row["id"], r"^[A-Za-z0-9._:-]{1,64}$")
        self.assertEqual(slug("Ella's Kitchen Pouches"), "ella-s-kitchen-pouches")

    def test_allergens_of_a_product_are_those_of_its_ingredients(self) -> None:
        allergens = {row["id"]: set(row["allergens"]) for row in self.catalog.ingredients}
        for product in self.catalog.products:
            inside = unit_requirements(self.catalog, product["id"])
            self.assertEqual(set(product["allergens"]), set().union(*(allergens[i] for i in inside)), product["id"])


class Recount(unittest.TestCase):
    def test_bread_to_dough_to_flour(self) -> None:
        # D60: 0.9 kg dough a loaf, 6.1 kg flour for 10 kg dough, 2 % waste
        gross = gross_requirements(BakeryCatalog(), {"bread": 100, "sandwich": 7})
        loaves = 100 + Fraction(7, 10)
        self.assertEqual(gross["flour"], loaves * Fraction("0.9") * Fraction("0.61") * Fraction("1.02"))

    def test_published_rounds_half_away_from_zero(self) -> None:
        for exact, shown in (("0.0005", "0.001"), ("2.0014999", "2.001"), ("-0.0005", "-0.001"), ("3", "3.000")):
            self.assertEqual(published(Fraction(exact)), shown)

    def test_differences_are_found_on_both_sides(self) -> None:
        rows = [{"ingredient_id": name, "gross_requirement": gross} for name, gross in (("flour", "1.000"), ("x", "2"))]
        compared, differences = compare(rows, {"flour": Fraction("1.0004"), "salt": Fraction("0.001")})
        self.assertEqual((compared, [d.ingredient_id for d in differences]), (3, ["salt", "x"]))
        self.assertEqual(compare(rows, {"flour": Fraction(1)}, ["flour"]), (1, []))


class Client(unittest.TestCase):
    def test_the_token_is_signed_and_carries_the_role(self) -> None:
        token = mint_token(Stack("http://x", "s" * 32, "me", "you", "x"), "t", 1000)
        head, claims, signature = token.split(".")
        expected = hmac.new(b"s" * 32, f"{head}.{claims}".encode(), hashlib.sha256).digest()
        self.assertEqual(base64.urlsafe_b64decode(signature + "="), expected)
        decoded = json.loads(base64.urlsafe_b64decode(claims + "=" * (-len(claims) % 4)))
        self.assertEqual((decoded["tenant_roles"], decoded["exp"]), ({"t": "admin"}, 4600))

    def test_an_absent_stack_says_make_up(self) -> None:
        with tempfile.TemporaryDirectory() as name:
            with self.assertRaisesRegex(StackError, "make up"):
                read_stack(Path(name))
            (Path(name) / "stack.env").write_text("BASE_URL=http://x\n")
            with self.assertRaisesRegex(StackError, "lacks AUTH_HS256_SECRET"):
                read_stack(Path(name))

    def test_another_table_is_another_stack(self) -> None:
        with tempfile.TemporaryDirectory() as name:
            path = Path(name) / "stack.env"
            lines = "BASE_URL=http://x\nAUTH_HS256_SECRET=s\nAUTH_ISSUER=i\nAUTH_AUDIENCE=a\nTABLE_NAME="
            path.write_text(lines + "one\n")
            first = read_stack(Path(name))
            path.write_text(lines + "two\n")
            self.assertNotEqual(first.identity, read_stack(Path(name)).identity)

    def test_retry_after_as_seconds_and_as_date(self) -> None:
        self.assertEqual(retry_after("7", 0), 7)
        self.assertEqual(retry_after("Thu, 01 Jan 1970 00:00:30 GMT", 10), 20)
        self.assertIsNone(retry_after("soon", 0))
        self.assertIsNone(retry_after(None, 0))

    def test_a_problem_is_shown_with_every_fault(self) -> None:
        fault = {"pointer": "/items/0", "code": "price-unknown", "detail": "no price"}
        text = render_problem("POST", "/orders", 422, {"code": "c", "title": "T", "errors": [fault], "limit": 5})
        self.assertEqual(text.splitlines()[0], "POST /orders was answered 422 c")
        self.assertIn("  /items/0: price-unknown no price", text)
        self.assertIn("  limit: 5", text)


class Report(unittest.TestCase):
    def test_columns_line_up(self) -> None:
        lines = table(["a", "n"], [["flour", "1"], ["x", "100"]], right=(1,))
        self.assertEqual(lines, ["a        n", "-----  ---", "flour    1", "x      100"])

    def test_empty_decimals_are_dropped(self) -> None:
        self.assertEqual([plain(x) for x in ("12.000", "2.500", "100")], ["12", "2.5", "100"])


if __name__ == "__main__":
    unittest.main()
