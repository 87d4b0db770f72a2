"""Django's settings, from the environment (`config.env`)."""

from pathlib import Path
from urllib.parse import urlsplit

from csp.constants import NONE, SELF
from django.utils.translation import gettext_lazy as _

from lazaretto.config.env import read

ENVIRONMENT = read()
PACKAGE = Path(__file__).resolve().parent.parent
DATA_DIR = ENVIRONMENT.data_dir
BASE_URL = ENVIRONMENT.base_url

SECRET_KEY = ENVIRONMENT.secret_key
DEBUG = ENVIRONMENT.debug
ALLOWED_HOSTS = list(ENVIRONMENT.hosts)
_HTTPS = urlsplit(BASE_URL).scheme == "https"
CSRF_TRUSTED_ORIGINS = [BASE_URL]

INSTALLED_APPS = [
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "django.contrib.humanize",
    "django.forms",
    "django_htmx",
    "csp",
    "axes",
    "lazaretto.core",
    "lazaretto.ui",
    "lazaretto.accounts",
    "lazaretto.people",
    "lazaretto.places",
    "lazaretto.protocols",
    "lazaretto.custody",
    "lazaretto.headcounts",
    "lazaretto.stays",
    "lazaretto.orders",
    "lazaretto.transfers",
    "lazaretto.arrivals",
    "lazaretto.emergencies",
    "lazaretto.trips",
    "lazaretto.cases",
    "lazaretto.objections",
    "lazaretto.stranded",
    "lazaretto.screening",
    "lazaretto.slots",
    "lazaretto.tubes",
    "lazaretto.returnees",
    "lazaretto.field",
    "lazaretto.deciding",
    "lazaretto.cadence",
    "lazaretto.headquarters",
    "lazaretto.config",
]

MIDDLEWARE = [
    "lazaretto.config.api.problems.ApiProblemMiddleware",
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "csp.middleware.CSPMiddleware",
    "lazaretto.config.browsers.Session",
    "django.middleware.locale.LocaleMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "lazaretto.config.browsers.Authentication",
    "lazaretto.config.browsers.Messages",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "lazaretto.config.browsers.Htmx",
    "lazaretto.core.middleware.NotAllowedMiddleware",
    "lazaretto.accounts.middleware.ActorMiddleware",
    "lazaretto.core.middleware.DomainErrorMiddleware",
    "axes.middleware.AxesMiddleware",
]

ROOT_URLCONF = "lazaretto.config.urls"
WSGI_APPLICATION = "lazaretto.config.wsgi.application"

TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.template.context_processors.i18n",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "lazaretto.ui.context.chrome",
            ],
            "builtins": ["django.templatetags.i18n", "django.templatetags.static", "lazaretto.ui.templatetags.ui"],
        },
    },
]

DATABASES = {"default": ENVIRONMENT.database}
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

AUTH_USER_MODEL = "accounts.User"
AUTHENTICATION_BACKENDS = ["axes.backends.AxesStandaloneBackend", "django.contrib.auth.backends.ModelBackend"]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator"},
    {"NAME": "django.contrib.auth.password_validation.MinimumLengthValidator", "OPTIONS": {"min_length": 10}},
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
    {"NAME": "django.contrib.auth.password_validation.NumericPasswordValidator"},
]
LOGIN_URL = "accounts:sign_in"
LOGIN_REDIRECT_URL = "/"
SESSION_COOKIE_AGE = 60 * 60 * 14  # one long shift
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = _HTTPS
SESSION_COOKIE_HTTPONLY = True
SECURE_SSL_REDIRECT = _HTTPS
SECURE_HSTS_SECONDS = 60 * 60 * 24 * 30 if _HTTPS else 0
SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https") if _HTTPS else None
# Other hosts of the same domain are none of ours, so HSTS neither includes them nor asks browsers to preload it.
SILENCED_SYSTEM_CHECKS = ["security.W005", "security.W021"]
SECURE_REFERRER_POLICY = "same-origin"
X_FRAME_OPTIONS = "DENY"

AXES_FAILURE_LIMIT = 6
AXES_COOLOFF_TIME = 0.25  # hours
AXES_LOCKOUT_PARAMETERS = [["username", "ip_address"]]
AXES_LOCKOUT_CALLABLE = "lazaretto.accounts.views.locked_out"
AXES_RESET_ON_SUCCESS = True
AXES_VERBOSE = False

CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": [SELF],
        "script-src": [SELF],
        "style-src": [SELF],
        "img-src": [SELF, "data:"],
        "font-src": [SELF],
        "connect-src": [SELF],
        "frame-ancestors": [NONE],
        "form-action": [SELF],
        "base-uri": [NONE],
        "object-src": [NONE],
    },
}

LANGUAGE_CODE = ENVIRONMENT.language
LANGUAGES = [("zh-hans", _("Simplified Chinese")), ("en", _("English"))]
USE_I18N = True
USE_TZ = True
TIME_ZONE = ENVIRONMENT.time_zone

STATIC_URL = "/static/"
STATIC_ROOT = DATA_DIR / "static"
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {
        "BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"
        if DEBUG
        else "lazaretto.config.static.Storage"
    },
}
WHITENOISE_USE_FINDERS = DEBUG  # else `lazaretto up` collects, names by content and compresses
WHITENOISE_KEEP_ONLY_HASHED_FILES = True
FORM_RENDERER = "lazaretto.ui.forms.Renderer"
CSRF_FAILURE_VIEW = "lazaretto.ui.views.csrf_failure"
DATA_UPLOAD_MAX_NUMBER_FIELDS = 20_000  # the grid of a 400-room hotel
DATA_UPLOAD_MAX_MEMORY_SIZE = 20 * 1024 * 1024
FILE_UPLOAD_MAX_MEMORY_SIZE = 20 * 1024 * 1024

LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {"plain": {"format": "{asctime} {levelname} {name}: {message}", "style": "{"}},
    "handlers": {"stderr": {"class": "logging.StreamHandler", "formatter": "plain"}},
    "root": {"handlers": ["stderr"], "level": "WARNING"},
    "loggers": {"lazaretto": {"level": "INFO"}, "axes": {"level": "ERROR"}},
}
