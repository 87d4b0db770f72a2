"""The limits of trips as data (`limits.toml`), each with its source there."""

import tomllib
from dataclasses import dataclass
from datetime import time, timedelta
from functools import cache
from pathlib import Path


@dataclass(frozen=True)
class Limits:
    """What trips keep to. Times of day are local; distances in kilometres, speed in kilometres an hour."""

    night_from: time
    night_until: time
    longest_km: float
    longest_drive: timedelta
    driving_in_24h: timedelta
    duty_in_24h: timedelta
    rest: timedelta
    one_duty_gap: timedelta
    before: timedelta
    after: timedelta
    road_factor: float
    kmh: float
    stop: timedelta
    arrival_slack: timedelta
    disinfection: timedelta
    link: timedelta
    ordered_now: timedelta
    ordered_today: timedelta
    upset: timedelta


@cache
def limits() -> Limits:
    """The limits in force."""
    table = tomllib.loads((Path(__file__).parent / "limits.toml").read_text(encoding="utf-8"))
    night, trip, driver, distance, times, orders = (
        table[name] for name in ("night", "trip", "driver", "distance", "times", "orders")
    )
    return Limits(
        night_from=time.fromisoformat(night["from"]),
        night_until=time.fromisoformat(night["until"]),
        longest_km=trip["longest_km"],
        longest_drive=_minutes(trip["longest_drive_minutes"]),
        driving_in_24h=_minutes(driver["driving_minutes_in_24h"]),
        duty_in_24h=_minutes(driver["duty_minutes_in_24h"]),
        rest=_minutes(driver["rest_minutes"]),
        one_duty_gap=_minutes(driver["one_duty_gap_minutes"]),
        before=_minutes(driver["before_minutes"]),
        after=_minutes(driver["after_minutes"]),
        road_factor=distance["road_factor"],
        kmh=distance["kmh"],
        stop=_minutes(times["stop_minutes"]),
        arrival_slack=_minutes(times["arrival_slack_minutes"]),
        disinfection=_minutes(times["disinfection_minutes"]),
        link=timedelta(hours=times["link_hours"]),
        ordered_now=_minutes(orders["now_minutes"]),
        ordered_today=_minutes(orders["today_minutes"]),
        upset=_minutes(table["urgent"]["upset_minutes"]),
    )


def _minutes(count: int) -> timedelta:
    return timedelta(minutes=count)
