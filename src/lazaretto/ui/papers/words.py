"""Dates and words of papers in the paper's own language, whatever the language of who prints it."""

from collections.abc import Mapping
from datetime import date, datetime, tzinfo
from typing import Any

from babel.dates import format_date, format_datetime
from django.utils.translation import override

LOCALES = {"zh-hans": "zh_Hans_CN", "en": "en_GB"}
MOMENTS = {"zh-hans": "y年M月d日 HH:mm", "en": "d MMMM y, HH:mm"}


def spoken(language: str, words: Mapping[str, Any]) -> dict[str, str]:
    """Lazy words made text in that language."""
    with override(language):
        return {key: str(word) for key, word in words.items()}


def day(value: date, language: str) -> str:
    """2026年11月7日, 7 November 2026."""
    return format_date(value, "long", locale=LOCALES.get(language, language))


def moment(value: datetime, language: str, zone: tzinfo) -> str:
    """2026年11月7日 14:05, 7 November 2026, 14:05, in the site's zone."""
    form = MOMENTS.get(language, "medium")
    return format_datetime(value, form, tzinfo=zone, locale=LOCALES.get(language, language))
