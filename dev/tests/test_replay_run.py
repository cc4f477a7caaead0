"""Whole runs of the replay and the demo against a stand-in for the service."""

from __future__ import annotations

import contextlib
import io
import os
import tempfile
import unittest
from decimal import Decimal
from pathlib import Path
from unittest import mock

from dev import demo, replay
from dev.demo import SAMPLE
from dev.tests.replay_fake import REQUIREMENTS_PER_PAGE, FakeServer, FakeService


def section(output: str, title: str) -> list[str]:
    """The lines under a heading, up to the next blank one."""
    lines = output.splitlines()
    start = lines.index(title) + 2
    return lines[start : lines.index("", start)]


class Runs(unittest.TestCase):
    def setUp(self) -> None:
        context = contextlib.ExitStack()
        self.addCleanup(context.close)
        folder = context.enter_context(tempfile.TemporaryDirectory())
        self.server = context.enter_context(FakeServer())
        context.enter_context(mock.patch.dict(os.environ, {"STATE_DIR": folder}))
        context.enter_context(mock.patch("dev.bakery.POLL_SECONDS", 0.01))
        secret = "a-secret-of-the-test-that-is-32-b"
        Path(folder, "stack.env").write_text(
            f"BASE_URL={self.server.base_url}\nAUTH_HS256_SECRET={secret}\nAUTH_ISSUER=i\nAUTH_AUDIENCE=a\n"
        )

    @property
    def service(self) -> FakeService:
        return self.server.service

    def run_main(self, main, *argv: str) -> tuple[int, str, str]:  # type: ignore[no-untyped-def]
        out, err = io.StringIO(), io.StringIO()
        with contextlib.redirect_stdout(out), contextlib.redirect_stderr(err):
            code = main(argv)
        return code, out.getvalue(), err.getvalue()

    def replay(self, *argv: str) -> tuple[int, str, str]:
        return self.run_main(replay.main, "--csv", str(SAMPLE), "--days", "14", *argv)

    def test_a_replay_ends_in_a_plan_and_alerts_and_twice_makes_no_second_order(self) -> None:
        code, out, err = self.replay()
        self.assertEqual(code, 0, err)
        sent = len(self.service.orders)
        self.assertIn(f"{sent} orders: {sent} created, 0 replayed", out)
        self.assertRegex(out, r"recount: (\d+) of \1 ingredients equal")
        self.assertIn("procurement_shortage", out)
        self.assertRegex(out, r"shortage +[a-z-]+ +Buy it nearby\.")
        self.assertTrue(self.service.history)
        code, out, err = self.replay()
        self.assertEqual((code, len(self.service.orders)), (0, sent), err)
        self.assertIn(f"{sent} orders: 0 created, {sent} replayed", out)
        self.assertEqual(len(self.service.plans), 1)

    def test_a_plan_is_made_anew_once_there_is_another_order(self) -> None:
        self.replay()
        first = next(iter(self.service.orders.values()))
        self.service.orders["other"] = {**first, "id": "other"}
        code, out, _ = self.replay()
        self.assertEqual((code, len(self.service.plans)), (1, 2))
        self.assertIn("and the recount below will differ", out)

    def test_a_plan_that_is_a_gram_off_is_told(self) -> None:
        self.service.extra_grams = Decimal("0.001")
        code, out, _ = self.replay("--check-ingredient", "flour")
        self.assertEqual(code, 1)
        self.assertIn("recount: 0 of 1 ingredients equal", out)
        self.assertIn("flour: plan", out)

    def test_unavailability_is_waited_out(self) -> None:
        self.service.unavailable = 5
        code, out, err = self.replay()
        self.assertEqual(code, 0, err)
        self.assertIn("5 requests sent again", out)

    def test_a_refused_order_stops_the_run_with_the_reason(self) -> None:
        self.service.refuse_product = "coffee"
        code, _, err = self.replay()
        self.assertEqual(code, 1)
        self.assertIn("was answered 422 price-unknown", err)
        self.assertIn("/product_id: price-unknown no price", err)
        self.assertNotIn(("POST", "procurement/plans"), self.service.requests)

    def test_ctrl_c_is_clean_and_a_later_run_goes_on(self) -> None:
        with mock.patch("dev.bakery.wait", side_effect=KeyboardInterrupt):
            code, _, err = self.replay()
        self.assertEqual(code, 130)
        self.assertIn("run the same command again", err)
        code, _, err = self.replay()
        self.assertEqual(code, 0, err)
        keys = [key for key in self.service.keys if key.startswith("orders ")]
        self.assertEqual(len(self.service.orders), len(keys))

    def test_the_demo_adds_trade_and_a_banquet(self) -> None:
        code, out, err = self.run_main(demo.main)
        self.assertEqual(code, 0, err)
        banquets = [o for o in self.service.orders.values() if o.get("order_type") == "rush"]
        self.assertEqual(len(banquets), 1)
        products = self.service.catalog["products"]
        lines = banquets[0]["items"]
        total = sum(Decimal(products[line["product_id"]]["price"]) * int(line["quantity"]) for line in lines)
        self.assertGreater(total, 5000)  # D40: above HIGH_VALUE_ORDER_THRESHOLD as shipped
        self.assertIn("Links Café", out)
        again, out, err = self.run_main(demo.main)
        self.assertEqual(again, 0, err)
        self.assertIn("orders: 0 created", out)

    def test_the_demo_shows_forecast_and_what_ifs_and_twice_the_same(self) -> None:
        # D69, D70
        code, first, err = self.run_main(demo.main)
        self.assertEqual(code, 0, err)
        forecast = section(first, "Forecast")
        self.assertRegex(forecast[2], r"^Coffee +\d+ +\d+–\d+ +mean of the last \d+ days +0\.81 +imported sales$")
        self.assertIn("35 products are forecast: 35 from imported sales", forecast)
        asked = section(first, "What if, compared with PLAN-1")
        self.assertRegex(asked[2], r"has no .+ \+\d+\.\d\d +.+ from .+ \(\+")
        self.assertRegex(asked[3], r"^100 more Coffee on \w{3} \d{4}-\d\d-\d\d +\+\d+\.\d\d +\+.+ l Whole milk")
        self.assertRegex(asked[4], r"^the .+ in the house spoil +\+")
        self.assertEqual([body["use_forecast"] for body in self.service.simulations], [True, False, False, False])
        self.assertEqual(len({body["horizon_days"] for body in self.service.simulations}), 1)
        plans, orders = len(self.service.plans), len(self.service.orders)
        _, second, _ = self.run_main(demo.main)
        for title in ("Forecast", "What if, compared with PLAN-1"):
            self.assertEqual(section(second, title), section(first, title))
        self.assertEqual((len(self.service.plans), len(self.service.orders)), (plans, orders))

    def test_the_replay_asks_no_what_if(self) -> None:
        _, out, _ = self.replay()
        self.assertTrue(section(out, "Forecast"))
        self.assertNotIn("What if", out)
        self.assertEqual(len(self.service.simulations), 1)

    def test_the_two_dearest_purchases_are_explained(self) -> None:
        _, out, _ = self.replay()
        plan = self.service.plan(next(iter(self.service.plans)))
        dearest = sorted(plan["requirements"], key=lambda row: -Decimal(row["estimated_cost"]))[:2]
        said = [line.removeprefix("why ") for line in out.splitlines() if line.startswith("why ")]
        self.assertEqual(said, [row["explanation"]["sentence"] for row in dearest])

    def test_without_any_history_there_is_no_forecast_and_no_failure(self) -> None:
        with mock.patch("dev.replay.history_rows", return_value=([], 0)):
            code, out, err = self.run_main(demo.main)
        self.assertEqual(code, 0, err)
        nothing = ["none: no product has sales history or past orders to learn from yet"]
        self.assertEqual(section(out, "Forecast"), nothing)
        # most ordered, since nothing is expected
        self.assertRegex(section(out, "What if, compared with PLAN-1")[3], "^100 more Sandwich on ")

    def test_nothing_is_compared_with_a_plan_made_meanwhile(self) -> None:
        self.service.made_meanwhile = True
        code, out, err = self.run_main(demo.main)
        self.assertEqual(code, 0, err)
        for line in section(out, "What if, compared with PLAN-1")[2:]:
            self.assertRegex(line, " - +not compared: another plan was made meanwhile, run it again$")
        self.assertNotIn("the plan costs", out)

    def test_all_pages_of_a_plan_are_read(self) -> None:
        # D8
        _, out, _ = self.replay()
        ingredients = len(self.service.plan(next(iter(self.service.plans)))["requirements"])
        self.assertGreater(ingredients, 2 * REQUIREMENTS_PER_PAGE)
        self.assertIn(f"recount: {ingredients} of {ingredients} ingredients equal", out)

    def test_the_real_file_when_it_is_there(self) -> None:
        path = os.environ.get("BREAD_BASKET_CSV")
        if not path:
            self.skipTest("set BREAD_BASKET_CSV to the path of bread_basket.csv to replay the real sales")
        code, out, err = self.run_main(replay.main, "--csv", path)
        self.assertEqual(code, 0, err)
        self.assertRegex(out, r"recount: (\d+) of \1 ingredients equal")
        self.assertGreater(len(self.service.orders), 1500)


if __name__ == "__main__":
    unittest.main()
