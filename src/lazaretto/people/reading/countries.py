"""Nationalities and regions as offices write them, to ISO 3166-1 alpha-2."""

import re
from functools import lru_cache

from babel import Locale
from babel.core import get_global

from lazaretto.people.reading.text import fold

_ALIASES = """
CN=中国 中國 中华人民共和国 中国籍 中国大陆 大陆 内地 china chinese prc chn p.r.china 汉族
HK=香港 中国香港 香港特别行政区 hongkong hk hkg hksar
MO=澳门 中国澳门 澳門 macau macao mac
TW=台湾 中国台湾 台灣 臺灣 taiwan twn taiwanchina
GB=英国 英國 uk u.k. britain greatbritain british england gbr
US=美国 美國 usa u.s.a. u.s. america american unitedstates usofa
KR=韩国 韓國 南韩 大韩民国 korea southkorea korean kor republicofkorea
KP=朝鲜 northkorea
JP=日本 japanese jpn
RU=俄罗斯 俄国 russia russian rus
DE=德国 german deu germany ger
FR=法国 french fra
ES=西班牙 spanish esp
EG=埃及 egyptian egy
NG=尼日利亚 nigerian nga
IN=印度 indian ind
VN=越南 vietnam vietnamese vnm
PH=菲律宾 filipino phl philippines
TH=泰国 thai tha
MY=马来西亚 malaysian mys
SG=新加坡 singaporean sgp
ID=印度尼西亚 印尼 indonesian idn
AU=澳大利亚 澳洲 australian aus
CA=加拿大 canadian can
AE=阿联酋 uae
SA=沙特 沙特阿拉伯 saudi saudiarabia
PK=巴基斯坦 pakistani pak
BR=巴西 brazilian bra
IT=意大利 italian ita
NL=荷兰 dutch netherlands holland
CD=刚果(金) 刚果金
CG=刚果(布) 刚果布
MM=缅甸 burma myanmar
LA=老挝 laos
CI=科特迪瓦 ivorycoast
CZ=捷克
TR=土耳其 turkey turkish
"""
_LOCALES = ("en", "zh", "zh_Hant")


@lru_cache(maxsize=1)
def _names() -> dict[str, str]:
    names: dict[str, str] = {}
    for locale in _LOCALES:
        for code, name in Locale.parse(locale).territories.items():
            if len(code) == 2 and code.isalpha():
                names.setdefault(_key(name), code)
                names.setdefault(code.lower(), code)
    for line in _ALIASES.split("\n"):
        code, _, words = line.partition("=")
        names.update((_key(word), code) for word in words.split())
    return names


def _key(text: str) -> str:
    return re.sub(r"[\s.·,\-]+", "", fold(text).lower())


@lru_cache(maxsize=2048)
def country_code(text: str) -> str:
    """ISO 3166-1 alpha-2 of a country or region named in Chinese or English, or as a code; "" when not known."""
    key = _key(text)
    names = _names()
    return names.get(key) or names.get(key.removesuffix("籍").removesuffix("国籍").removesuffix("人"), "")


@lru_cache(maxsize=1)
def _three_letters() -> dict[str, str]:
    aliases = get_global("territory_aliases")
    found = {codes[0]: alias for alias, codes in aliases.items() if len(alias) == 3 and alias.isalpha()}
    return found | _OFTEN


# Where several three-letter codes stand for one country, the one of ISO 3166-1.
_OFTEN = {"CN": "CHN", "HK": "HKG", "MO": "MAC", "TW": "TWN", "GB": "GBR", "DE": "DEU", "FR": "FRA", "RU": "RUS"}


def alpha3(code: str) -> str:
    """The three-letter code (ISO 3166-1 alpha-3) of a two-letter one; "" when there is none."""
    return _three_letters().get(code, "")
