"""Works out one-step forecasts and forecasts of generated series with statsmodels, which ours are held against.

    pip install -r dev/requirements-oracle.txt
    python dev/forecast_oracle.py > shared/domain/src/forecasting/tests/statsmodels.json

Parameters and initial states are given, nothing is optimised. Where statsmodels is known to be wrong the table has null: its
seasonal forecasts 7 and 14 days ahead take the season of a cycle earlier than the last one.
"""

from __future__ import annotations

import json
import warnings
from collections.abc import Iterator

from statsmodels.tsa.holtwinters import ExponentialSmoothing

WEEK = 7
DAYS = 42
HORIZON = 16
MULTIPLIER = 6364136223846793005
INCREMENT = 1442695040888963407
SERIES_PER_METHOD = 6


def random_numbers(seed: int) -> Iterator[float]:
    """Numbers from 0 to 1 with three decimals, the same on every machine."""
    state = seed
    while True:
        state = (state * MULTIPLIER + INCREMENT) % 2**64
        yield (state >> 33) % 1001 / 1000


def case(method: str, seed: int) -> dict[str, object]:
    """One series with its parameters, initial state, one-step forecasts and forecasts."""
    numbers = random_numbers(seed)

    def draw(low: float, high: float) -> float:
        return round(low + (high - low) * next(numbers), 3)

    has_trend, is_damped = method != "simple", method == "damped_holt"
    season = {"holt_winters_additive": "add", "holt_winters_multiplicative": "mul"}.get(method)
    level, trend = draw(40, 80), draw(-0.5, 0.8) if has_trend else 0.0
    indices = [draw(0.6, 1.4) for _ in range(WEEK)]
    values = [round((level + trend * day) * indices[day % WEEK] + draw(-9, 9), 3) for day in range(DAYS)]
    alpha, beta, gamma, phi = draw(0.02, 0.9), draw(0.01, 0.6), draw(0.0, 0.4), draw(0.8, 0.98)
    initial_season = [draw(-9, 9) if season == "add" else draw(0.7, 1.3) for _ in range(WEEK)]
    model = ExponentialSmoothing(
        values,
        trend="add" if has_trend else None,
        damped_trend=is_damped,
        seasonal=season,
        seasonal_periods=WEEK if season else None,
        initialization_method="known",
        initial_level=level,
        initial_trend=trend if has_trend else None,
        initial_seasonal=initial_season if season else None,
    )
    fit = model.fit(
        smoothing_level=alpha,
        smoothing_trend=beta if has_trend else None,
        smoothing_seasonal=gamma if season else None,
        damping_trend=phi if is_damped else None,
        optimized=False,
    )
    forecast = [
        None if season and step % WEEK == 0 else float(value)
        for step, value in enumerate(fit.forecast(HORIZON), start=1)
    ]
    return {
        "method": method,
        "alpha": alpha,
        "beta": beta if has_trend else 0.0,
        "gamma": gamma if season else 0.0,
        "phi": phi if is_damped else 1.0,
        "level": level,
        "trend": trend,
        "season": initial_season if season else [0.0] * WEEK,
        "values": values,
        "fitted": [float(value) for value in fit.fittedvalues],
        "forecast": forecast,
    }


def main() -> None:
    warnings.simplefilter("ignore")
    methods = ["simple", "holt", "damped_holt", "holt_winters_additive", "holt_winters_multiplicative"]
    rows = [
        json.dumps(case(method, seed))
        for method in methods
        for seed in range(1, SERIES_PER_METHOD + 1)
    ]
    print("[\n" + ",\n".join(rows) + "\n]")


if __name__ == "__main__":
    main()
