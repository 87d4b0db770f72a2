"""Settings of the process that shows own results: one kind of page, nobody signed in, a database that is only read."""

from lazaretto.config.settings import *  # noqa: F403
from lazaretto.config.settings import ENVIRONMENT

DATABASES = {"default": ENVIRONMENT.results_database}
ROOT_URLCONF = "lazaretto.config.results.urls"
MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    "csp.middleware.CSPMiddleware",
    "django.middleware.locale.LocaleMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "lazaretto.config.results.serving.Failing",
]
