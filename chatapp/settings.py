"""Every setting of the app. The environment is read here, once and typed.

Importing this module must work without secrets and without a database, because Heroku runs
`collectstatic` during the build.
"""

import secrets
from pathlib import Path
from typing import get_args

from django.core.exceptions import ImproperlyConfigured
from django.utils.csp import CSP
from environs import Env, EnvError
from marshmallow.validate import OneOf, Range

from chatapp.inference import HttpTransport, Service, load_catalog
from chatapp.server import configuration, image_configuration, logs

ROOT = Path(__file__).resolve().parent.parent
env = Env()

try:
    ON_DYNO = bool(env.str("DYNO", "")) and not env.str("CI", "")
    SECRET_KEY = env.str("SECRET_KEY", "")
    # Set when dyno metadata are enabled.
    OWN_NAME = env.str("HEROKU_APP_DEFAULT_DOMAIN_NAME", "") if ON_DYNO else ""
    ALLOWED_HOSTS = configuration.hosts(env.list("ALLOWED_HOSTS", []), ON_DYNO, OWN_NAME)
    SITE_NAME = configuration.site_name(env.str("CHAT_SITE_NAME", "Chat"))
    PORT = env.int("PORT", 8000)
    # More than one process needs Redis, whatever WEB_CONCURRENCY says.
    WEB_WORKERS = env.int("WEB_WORKERS", 1, validate=Range(min=1))
    DATABASE_POOL_SIZE = env.int("CHAT_DATABASE_POOL_SIZE", 4)
    # The size of the plan, 0 if unknown; Heroku's smallest plan has 1 GB.
    DATABASE_SIZE_MB = env.int("CHAT_DATABASE_SIZE_MB", 1024 * ON_DYNO, validate=Range(min=0))
    DATABASES = {
        "default": configuration.database(
            env.dj_db_url("DATABASE_URL", f"sqlite:///{ROOT / 'db.sqlite3'}"),
            DATABASE_POOL_SIZE,
            ON_DYNO,
        )
    }
    DATABASE_MISSING = DATABASES["default"] == configuration.NO_DATABASE
    REDIS_URL = configuration.redis_url(env.str("REDIS_URL", ""))

    ATTACHMENT = configuration.attachment(env.str("CHAT_INFERENCE_ATTACHMENT", "INFERENCE"))
    # If no service is configured, `make run` starts the demo model and sets it here.
    SERVICE = Service.from_config(
        url=env.str(f"{ATTACHMENT}_URL", ""),
        key=env.str(f"{ATTACHMENT}_KEY", ""),
        demo_url=env.str("CHAT_DEMO_URL", ""),
        on_dyno=ON_DYNO,
    )
    # httpx's own transport is the alternative.
    HTTP_TRANSPORT: HttpTransport = env.str(
        "CHAT_HTTP_TRANSPORT", "aiohttp", validate=OneOf(get_args(HttpTransport))
    )  # type: ignore[assignment]
    PROMPT_CACHING = env.bool("CHAT_PROMPT_CACHING", True)
    CATALOG = load_catalog(
        env.str("CHAT_MODELS", "") or None, env.str(f"{ATTACHMENT}_MODEL_ID", "")
    )

    TOOLS: list[str] = env.list("CHAT_TOOLS", ["all"])
    WEATHER_URL, GEOCODING_URL = configuration.weather_urls(env)

    SETUP_CODE = configuration.setup_code(env.str("CHAT_SETUP_CODE", ""))
    EMAIL_URL = env.str("EMAIL_URL", "")
    MAILERS = {"default": configuration.email_backend(EMAIL_URL, ON_DYNO)}
    DEFAULT_FROM_EMAIL = configuration.sender(env.str("CHAT_EMAIL_FROM", ""), SITE_NAME)

    PUBLIC_ORIGIN = configuration.public_origin(
        env.str("CHAT_PUBLIC_ORIGIN", ""), ON_DYNO, ALLOWED_HOSTS, OWN_NAME
    )
    IMAGE_DELIVERY = image_configuration.image_delivery(
        env.str("CHAT_IMAGE_DELIVERY", "auto"), PUBLIC_ORIGIN
    )
    BUCKET = image_configuration.bucket(env)
    IMAGE_STORE = image_configuration.image_store(env.str("CHAT_IMAGE_STORE", "auto"), BUCKET)
    IMAGE_QUOTA_PERSON_MB = env.int("CHAT_IMAGE_QUOTA_PERSON_MB", 200, validate=Range(min=1))
    # The smallest Postgres plan has 1 GB.
    IMAGE_QUOTA_TOTAL_MB = env.int("CHAT_IMAGE_QUOTA_TOTAL_MB", 600, validate=Range(min=1))
    # How long replies may continue after SIGTERM.
    HAND_OVER_SECONDS = env.float("CHAT_HAND_OVER_SECONDS", 18, validate=Range(min=0))
    VERSION = env.str("HEROKU_SLUG_COMMIT", "local")
    RELEASE = env.str("HEROKU_RELEASE_VERSION", "")
    DYNO_MEMORY_MB = env.int("DYNO_RAM", 0)  # set by the buildpack; 0 without it
    LOG_LEVEL = env.str("CHAT_LOG_LEVEL", "INFO")
except (EnvError, ValueError) as error:
    raise ImproperlyConfigured(f"A config var can't be used: {error}") from error

# Without the key a dyno may build static files, but `serve` refuses to start.
SECRET_KEY_IS_THROWAWAY = ON_DYNO and not SECRET_KEY
if SECRET_KEY_IS_THROWAWAY:
    SECRET_KEY = secrets.token_urlsafe(48)
SECRET_KEY = SECRET_KEY or configuration.local_secret_key(ROOT / ".secret_key")

DEBUG = False
ROOT_URLCONF = "chatapp.urls"
ASGI_APPLICATION = "chatapp.asgi.application"
AUTH_USER_MODEL = "accounts.Person"
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

INSTALLED_APPS = [
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.staticfiles",
    "allauth",
    "allauth.account",
    "chatapp",
    "chatapp.accounts",
    "chatapp.images",
    "chatapp.mcp",
    "chatapp.conversations",
    "chatapp.replies",
    "chatapp.diagnostics",
]

SESSIONS = "django.contrib.sessions.middleware.SessionMiddleware"
MIDDLEWARE = [
    "chatapp.server.middleware.StaticFilesMiddleware",
    "chatapp.server.middleware.RequestLogMiddleware",
    "chatapp.server.middleware.NoStoreMiddleware",
    "chatapp.accounts.middleware.PersonCookieMiddleware",
    "chatapp.server.middleware.ValidTextMiddleware",
    "django.middleware.security.SecurityMiddleware",
    "chatapp.server.middleware.TextCompressionMiddleware",
    "django.middleware.csp.ContentSecurityPolicyMiddleware",
    SESSIONS,
    "django.middleware.common.CommonMiddleware",
    "chatapp.accounts.middleware.BodyRefusalMiddleware",  # before anything that reads the form
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "allauth.account.middleware.AccountMiddleware",
    "chatapp.accounts.middleware.SignInRequiredMiddleware",
]

if DATABASE_MISSING:
    # Before any middleware that needs a database.
    MIDDLEWARE.insert(
        MIDDLEWARE.index(SESSIONS), "chatapp.server.middleware.DatabaseMissingMiddleware"
    )

LOADERS = ["chatapp.server.templates.Loader", "django.template.loaders.app_directories.Loader"]
TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [ROOT / "templates"],
        "OPTIONS": {
            "loaders": [("django.template.loaders.cached.Loader", LOADERS)],
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "chatapp.views.site",
                "chatapp.diagnostics.notices.owner_notices",
            ],
        },
    },
]

# --- Static files ---------------------------------------------------------------------

STATIC_URL = "/static/"
STATIC_ROOT = ROOT / "staticfiles"
STATICFILES_DIRS = [ROOT / "static"]
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {"BACKEND": "chatapp.server.static_files.StaticFilesStorage"},
    **({"images": BUCKET} if BUCKET else {}),
}
WHITENOISE_KEEP_ONLY_HASHED_FILES = True

# --- People ---------------------------------------------------------------------------

AUTHENTICATION_BACKENDS = ["allauth.account.auth_backends.AuthenticationBackend"]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator"},
    {"NAME": "django.contrib.auth.password_validation.MinimumLengthValidator"},
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
]
LOGIN_URL = "account_login"
LOGIN_REDIRECT_URL = "/"
SESSION_COOKIE_AGE = 60 * 60 * 24 * 30  # seconds
ACCOUNT_FORMS = {"login": "chatapp.accounts.forms.SignInForm"}
ACCOUNT_ADAPTER = "chatapp.accounts.adapter.AccountAdapter"
ACCOUNT_USER_MODEL_USERNAME_FIELD = None
ACCOUNT_LOGIN_METHODS = {"email"}
ACCOUNT_SIGNUP_FIELDS = ["email*", "password1*"]
ACCOUNT_EMAIL_VERIFICATION = "none"
ACCOUNT_EMAIL_UNKNOWN_ACCOUNTS = False  # otherwise strangers could have us send emails to anybody
ACCOUNT_LOGOUT_REDIRECT_URL = "account_login"
ACCOUNT_SESSION_REMEMBER = True
ACCOUNT_EMAIL_SUBJECT_PREFIX = ""
ALLAUTH_TRUSTED_PROXY_COUNT = 1 if ON_DYNO else 0

# --- Safety ---------------------------------------------------------------------------

SECURE_CSP = {
    "default-src": [CSP.NONE],
    **{f"{kind}-src": [CSP.SELF] for kind in ("script", "style", "font", "connect")},
    "img-src": [CSP.SELF, "blob:"],
    "form-action": [CSP.SELF],
    "base-uri": [CSP.NONE],
    "frame-ancestors": [CSP.NONE],
}
X_FRAME_OPTIONS = "DENY"
SECURE_REFERRER_POLICY = "same-origin"
CSRF_COOKIE_HTTPONLY = True
CSRF_FAILURE_VIEW = "chatapp.views.csrf_failure"
if ON_DYNO:
    SECURE_SSL_REDIRECT = True
    SECURE_REDIRECT_EXEMPT = [r"^healthz$"]
    SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")
    SECURE_HSTS_SECONDS = 60 * 60 * 24 * 365
    SESSION_COOKIE_SECURE = True
    CSRF_COOKIE_SECURE = True
# HSTS for subdomains and the browsers' preload list would affect hosts that aren't ours.
# models.W040: SQLite ignores the extra column of a covering index, Postgres uses it.
SILENCED_SYSTEM_CHECKS = ["security.W005", "security.W021", "models.W040"]

# A message has at most MAX_MESSAGE_CHARACTERS, and an emoji takes four bytes. Django's own limit
# on form data must be higher, or its bare refusal comes before our sentence.
MAX_MESSAGE_CHARACTERS = 1_000_000
MAX_IMAGES_PER_MESSAGE = 10
DATA_UPLOAD_MAX_MEMORY_SIZE = 5 * 1024**2  # bytes of text in one form
# Anybody may send this much to any page. A form that isn't multipart takes twelve bytes for an
# emoji, and twenty times its size in memory while it is parsed.
MAX_BODY_BYTES = 16 * 1024
# Pages, by the names of their URLs, that accept more from signed-in people, and only as
# multipart/form-data. The numbers are above the limits of the forms, which explain their limits.
LARGE_BODY_BYTES = {
    "messages": 64 * 1024**2,  # all images of a page without JavaScript together
    "images": 51 * 1024**2,
    "draft": DATA_UPLOAD_MAX_MEMORY_SIZE,
    "conversation-draft": DATA_UPLOAD_MAX_MEMORY_SIZE,
    "settings": 1024**2,  # instructions
    "defaults": 1024**2,
    "server-tools": 512 * 1024,  # two fields for each of 200 tools with long names
}

# --- Language, time, log --------------------------------------------------------------

USE_TZ = True
TIME_ZONE = "UTC"
LANGUAGE_CODE = "en"
LOCALE_PATHS = [ROOT / "locale"]

LOGGING = logs.configuration(LOG_LEVEL)
