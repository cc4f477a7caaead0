"""How forecast and what-ifs are said."""

from __future__ import annotations

import json
import unittest
from collections import Counter
from datetime import date
from typing import Any

from dev.outlook import (
    METHODS,
    NEW_TROUBLE,
    SOURCES,
    WhatIf,
    best_selling,
    forecast_lines,
    method_in_words,
    what_if_lines,
    what_ifs,
)
from dev.settings import ROOT

DAY = date(2026, 12, 1)
NAMES = {"rye": "Rye loaf", "mill": "Borders Mill", "dairy": "Lothian Dairy", "shop": "Forth Wholesale"}


def forecast(product_id: str, quantity: str, **changes: Any) -> dict[str, Any]:
    day = {"date": "2026-12-01", "quantity": "6.500", "lower": "3.200", "upper": "9.100"}
    row = {"product_id": product_id, "source": "orders", "method": "holt", "parameters": {}, "mase": "0.8057"}
    return {**row, "quantity": quantity, "days": [day], **changes}


def requirement(ingredient_id: str, cost: str | None, **changes: Any) -> dict[str, Any]:
    row = {"ingredient_id": ingredient_id, "name": ingredient_id.title(), "unit": "kg", "estimated_cost": cost}
    return {**row, "supplier_id": "dairy", "supplier_name": "Lothian Dairy", "exceptions": [], **changes}


def change(ingredient_id: str, quantity: str, cost: str, before: Any, after: Any) -> dict[str, Any]:
    row = {"ingredient_id": ingredient_id, "name": ingredient_id.title(), "unit": "kg", "before": before}
    return {**row, "after": after, "order_quantity_change": quantity, "estimated_cost_change": cost}


class Forecast(unittest.TestCase):
    def lines(self, *rows: dict[str, Any], plan_id: str = "p") -> list[str]:
        difference = {"plan_id": "p", "estimated_cost_before": "1000.00", "estimated_cost_after": "1234.50"}
        dates = {"horizon_start_date": "2026-12-01", "horizon_end_date": "2026-12-14"}
        return forecast_lines({**dates, "forecasts": list(rows), "difference": difference}, {"id": plan_id}, DAY, NAMES)

    def test_most_expected_come_first_in_whole_units_and_unknown_figures_are_dashes(self) -> None:
        lines = self.lines(forecast("gone", "80.500", mase=None, days=[]), forecast("rye", "91.449"))
        self.assertEqual(lines[2], "Rye loaf        91            3–10  steady trend  0.81  past orders")
        self.assertEqual(lines[3], "gone            81               -  steady trend     -  past orders")

    def test_a_day_without_sales_is_one_number(self) -> None:
        closed = {"date": "2026-12-01", "quantity": "0.000", "lower": "0.000", "upper": "0.000"}
        self.assertRegex(self.lines(forecast("rye", "5.000", days=[closed]))[2], r"^Rye loaf +5 +0  steady trend")

    def test_no_more_than_eight_are_shown_and_all_are_counted_by_source(self) -> None:
        rows = [forecast(f"p{number}", f"{number}.000", source="sales_history") for number in range(11)]
        lines = self.lines(*rows, forecast("rye", "1.000"))
        self.assertEqual(sum("steady trend" in line for line in lines), 8)
        counted = "12 products are forecast: 11 from imported sales, 1 from past orders"
        self.assertIn(f"{counted}; 1 of them are expected to sell nothing", lines)

    def test_costs_are_told_beside_this_plan_and_no_other(self) -> None:
        self.assertEqual(
            self.lines(forecast("rye", "1.000"))[-1],
            "with what is expected beyond the orders, the plan costs 1,234.50, not 1,000.00",
        )
        self.assertNotIn("1,234.50", "\n".join(self.lines(forecast("rye", "1.000"), plan_id="other")))

    def test_every_method_and_source_of_the_service_has_words(self) -> None:
        # D70
        schemas = json.loads((ROOT / "openapi.json").read_text())["components"]["schemas"]
        self.assertEqual(set(schemas["HistorySource"]["enum"]), set(SOURCES))
        means = {"moving_average": "mean of the last 3 days", "weekday_average": "mean of the last 3 same weekdays"}
        for word in schemas["ForecastMethod"]["enum"]:
            self.assertEqual(method_in_words(word, {"window": 3}), {**METHODS, **means}[word])
        self.assertLessEqual(set(NEW_TROUBLE), set(schemas["ExceptionWord"]["enum"]))

    def test_the_best_selling_product_is_one_that_can_be_sold(self) -> None:
        rows = [forecast("gone", "80.500"), forecast("rye", "9.000")]
        self.assertEqual(best_selling(rows, Counter(), NAMES), "rye")
        self.assertEqual(best_selling([], Counter({"scone": 2, "bun": 2, "rye": 1}), NAMES), "bun")
        self.assertIsNone(best_selling([], Counter(), NAMES))


class Questions(unittest.TestCase):
    def test_they_are_about_the_dearest_purchase_the_best_seller_and_the_dearest_stock(self) -> None:
        plan = {
            "requirements": [
                requirement("butter", "90.00", on_hand="2.000", unit_cost="9.00"),
                requirement("flour", "12.00", on_hand="40.500", unit_cost="0.80"),
                requirement("truffle", "99.00", supplier_id=None),
                requirement("salt", None),
            ]
        }
        asked = what_ifs(plan, "rye", DAY, NAMES)
        self.assertEqual(
            asked,
            [
                WhatIf("Lothian Dairy has no Butter", {"overrides": {"butter": {"unavailable_suppliers": ["dairy"]}}}),
                WhatIf(
                    "100 more Rye loaf on Tue 2026-12-01",
                    {"extra_demand": [{"product_id": "rye", "date": "2026-12-01", "quantity": "100"}]},
                ),
                WhatIf(
                    "the 40.5 kg of Flour in the house spoil",
                    {"overrides": {"flour": {"on_hand": "0", "reserved": "0"}}},
                ),
            ],
        )

    def test_there_are_none_without_anything_to_buy_sell_or_lose(self) -> None:
        self.assertEqual(what_ifs({"requirements": [requirement("salt", "0.00")]}, None, DAY, NAMES), [])
        self.assertEqual(what_if_lines({}, [], NAMES), ["nothing to ask: there is nothing to buy and nothing to sell"])


class Answers(unittest.TestCase):
    def answer(self, *changes: dict[str, Any], exceptions: Any = (), cost: str = "5.00") -> str:
        difference = {"plan_id": "p", "estimated_cost_change": cost, "requirements": list(changes)}
        after = [requirement("butter", "1.00", exceptions=[{"code": code} for code in exceptions])]
        plan = {"id": "p", "requirements": [requirement("butter", "1.00", exceptions=[{"code": "shortage"}])]}
        answers = [(WhatIf("so", {}), {"difference": difference, "requirements": after})]
        return what_if_lines(plan, answers, NAMES)[2].removeprefix("so").strip()

    def test_another_supplier_is_named_and_what_costs_most_comes_first(self) -> None:
        at_dairy, at_shop = ({"supplier_id": name, "order_by_date": "2026-12-01"} for name in ("dairy", "shop"))
        self.assertEqual(
            self.answer(
                change("salt", "12.000", "1.00", at_shop, at_shop),
                change("butter", "-2.500", "-1234.50", at_dairy, at_shop),
                cost="-1233.50",
            ),
            "-1,233.50  -2.5 kg Butter from Forth Wholesale (-1,234.50); +12 kg Salt (+1.00)",
        )

    def test_an_ingredient_may_come_to_the_plan_or_leave_it(self) -> None:
        figures = {"supplier_id": "dairy", "order_by_date": "2026-12-01"}
        came = self.answer(change("butter", "100.000", "5.00", None, figures))
        self.assertEqual(came, "+5.00  +100 kg Butter from Lothian Dairy (+5.00)")
        left = self.answer(change("butter", "-1.000", "-5.00", figures, None), cost="-5.00")
        self.assertEqual(left, "-5.00  -1 kg Butter (-5.00)")

    def test_another_day_to_order_is_told_when_nothing_else_changes(self) -> None:
        before, after = ({"supplier_id": "dairy", "order_by_date": f"2026-12-0{day}"} for day in (4, 2))
        said = self.answer(change("butter", "0.000", "0.00", before, after), cost="0.00")
        self.assertEqual(said, "0.00  Butter to be ordered by 2026-12-02")

    def test_trouble_is_told_only_when_it_is_new(self) -> None:
        butter = change("butter", "0.000", "-5.00", {"supplier_id": "dairy"}, {"supplier_id": None})
        said = self.answer(butter, exceptions=["shortage", "late", "no_supplier"], cost="-5.00")
        self.assertEqual(said, "-5.00  Butter (-5.00), nobody else offers it")
        self.assertTrue(self.answer(butter, exceptions=["late"]).endswith(", comes too late"))
        self.assertFalse(self.answer(butter, exceptions=["shortage"]).endswith("before it can come"))

    def test_three_are_shown_and_the_others_counted(self) -> None:
        figures = {"supplier_id": "dairy"}
        rows = [change(f"i{number}", "1.000", "1.00", figures, figures) for number in range(5)]
        self.assertTrue(self.answer(*rows).endswith("+1 kg I2 (+1.00); 2 more"))
        self.assertEqual(self.answer(cost="0.00"), "0.00  nothing changes")


if __name__ == "__main__":
    unittest.main()
