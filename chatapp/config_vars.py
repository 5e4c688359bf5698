"""Every config var, read once and typed; `docs/configuration.md` explains them.

A value that can't be used ends the process with one sentence, however it was started.

Importing this module must work without secrets and without a database, because Heroku runs
`collectstatic` during the build.
"""

import secrets
from pathlib import Path
from typing import get_args

from environs import Env, EnvError
from marshmallow.validate import OneOf, Range

from chatapp.inference import HttpTransport, Service, load_catalog
from chatapp.server import (
    configuration,
    database_configuration,
    email_configuration,
    image_configuration,
    oidc_configuration,
)
from chatapp.tools.registry import ALL_TOOLS, built_in

ROOT = Path(__file__).resolve().parent.parent
env = Env()

try:
    ON_DYNO = bool(env.str("DYNO", "")) and not env.str("CI", "")
    SECRET_KEY = database_configuration.secret_key(env.str("SECRET_KEY", ""))
    # Set when dyno metadata are enabled.
    OWN_NAME = env.str("HEROKU_APP_DEFAULT_DOMAIN_NAME", "") if ON_DYNO else ""
    ALLOWED_HOSTS = configuration.hosts(env.list("ALLOWED_HOSTS", []), ON_DYNO, OWN_NAME)
    SITE_NAME = configuration.site_name(env.str("CHAT_SITE_NAME", "Chat"))
    PORT = env.int("PORT", 8000, validate=Range(min=1, max=65535))
    REDIS_URL = configuration.redis_url(env.str("REDIS_URL", ""))
    # WEB_CONCURRENCY, which Heroku sets, is ignored.
    WEB_WORKERS = configuration.workers(
        env.int("WEB_WORKERS", 1, validate=Range(min=1, max=64)), REDIS_URL
    )
    DATABASE_POOL_SIZE = env.int("CHAT_DATABASE_POOL_SIZE", 4, validate=Range(min=1, max=1000))
    # The size of the plan, 0 if unknown; Heroku's smallest plan has 1 GB.
    DATABASE_SIZE_MB = env.int("CHAT_DATABASE_SIZE_MB", 1024 * ON_DYNO, validate=Range(min=0))
    DATABASES = {
        "default": database_configuration.database(
            env.str("DATABASE_URL", ""), ROOT / "db.sqlite3", ON_DYNO
        )
    }
    DATABASE_MISSING = DATABASES["default"] == database_configuration.NO_DATABASE

    ATTACHMENT = configuration.attachment(env.str("CHAT_INFERENCE_ATTACHMENT", "INFERENCE"))
    # If no service is configured, `make run` starts the demo model and sets it here.
    SERVICE = Service.from_config(
        url=env.str(f"{ATTACHMENT}_URL", ""),
        key=env.str(f"{ATTACHMENT}_KEY", ""),
        demo_url=env.str("CHAT_DEMO_URL", ""),
        on_dyno=ON_DYNO,
        attachment=ATTACHMENT,
    )
    # httpx's own transport is the alternative.
    HTTP_TRANSPORT: HttpTransport = env.str(
        "CHAT_HTTP_TRANSPORT", "aiohttp", validate=OneOf(get_args(HttpTransport))
    )  # type: ignore[assignment]
    PROMPT_CACHING = env.bool("CHAT_PROMPT_CACHING", True)
    CATALOG = configuration.naming(
        "CHAT_MODELS",
        load_catalog,
        env.str("CHAT_MODELS", "") or None,
        configuration.model_id(env.str(f"{ATTACHMENT}_MODEL_ID", ""), ATTACHMENT),
    )

    TOOLS = configuration.tools(env.list("CHAT_TOOLS", [ALL_TOOLS]), ALL_TOOLS, built_in)
    WEATHER_URL, GEOCODING_URL = configuration.weather_urls(env)

    SHARING = env.bool("CHAT_SHARING", True)
    # In which days and months begin, for what is spent.
    CHAT_TIME_ZONE = configuration.time_zone(env.str("CHAT_TIME_ZONE", "UTC"))

    SETUP_CODE = configuration.setup_code(env.str("CHAT_SETUP_CODE", ""))
    EMAIL_URL = env.str("EMAIL_URL", "").strip()
    MAILERS = {"default": email_configuration.email_backend(EMAIL_URL, ON_DYNO)}
    DEFAULT_FROM_EMAIL = configuration.sender(env.str("CHAT_EMAIL_FROM", ""), SITE_NAME)
    OIDC = oidc_configuration.openid_provider(
        {
            "CHAT_OIDC_ISSUER": env.str("CHAT_OIDC_ISSUER", ""),
            "CHAT_OIDC_CLIENT_ID": env.str("CHAT_OIDC_CLIENT_ID", ""),
            "CHAT_OIDC_CLIENT_SECRET": env.str("CHAT_OIDC_CLIENT_SECRET", ""),
        },
        name=env.str("CHAT_OIDC_NAME", ""),
        domains=env.list("CHAT_OIDC_ALLOWED_DOMAINS", []),
        role=env.str("CHAT_OIDC_DEFAULT_ROLE", "member", validate=OneOf(["member", "guest"])),
    )
    PASSWORDS = oidc_configuration.passwords(env.bool("CHAT_PASSWORDS", True), OIDC)

    PUBLIC_ORIGIN = configuration.public_origin(
        env.str("CHAT_PUBLIC_ORIGIN", ""), ON_DYNO, ALLOWED_HOSTS, OWN_NAME
    )
    # A proxy ends HTTPS: that of the platform, or the one that has the public address.
    BEHIND_HTTPS = ON_DYNO or bool(PUBLIC_ORIGIN)
    # That proxy is one; a CDN in front of it is another.
    TRUSTED_PROXIES = env.int(
        "CHAT_TRUSTED_PROXIES", 1 * BEHIND_HTTPS, validate=Range(min=0, max=10)
    )
    IMAGE_DELIVERY = image_configuration.image_delivery(
        env.str("CHAT_IMAGE_DELIVERY", "auto"), PUBLIC_ORIGIN
    )
    BUCKET = image_configuration.bucket(env)
    IMAGE_STORE = image_configuration.image_store(env.str("CHAT_IMAGE_STORE", "auto"), BUCKET)
    IMAGE_QUOTA_PERSON_MB = env.int("CHAT_IMAGE_QUOTA_PERSON_MB", 200, validate=Range(min=1))
    # The smallest Postgres plan has 1 GB.
    IMAGE_QUOTA_TOTAL_MB = env.int("CHAT_IMAGE_QUOTA_TOTAL_MB", 600, validate=Range(min=1))
    DOCUMENT_QUOTA_PERSON_MB = env.int("CHAT_DOCUMENT_QUOTA_PERSON_MB", 100, validate=Range(min=1))
    DOCUMENT_QUOTA_TOTAL_MB = env.int("CHAT_DOCUMENT_QUOTA_TOTAL_MB", 250, validate=Range(min=1))
    # How long replies may continue after SIGTERM.
    HAND_OVER_SECONDS = env.float("CHAT_HAND_OVER_SECONDS", 18, validate=Range(min=0, max=3600))
    env.float("CHAT_DEMO_RATE", 50, validate=Range(min=0, max=1e9))  # for the demo model's process
    VERSION = env.str("HEROKU_SLUG_COMMIT", "local")
    RELEASE = env.str("HEROKU_RELEASE_VERSION", "")
    DYNO_MEMORY_MB = env.int("DYNO_RAM", 0)  # set by the buildpack; 0 without it
    LOG_LEVEL = configuration.log_level(env.str("CHAT_LOG_LEVEL", "INFO"))

    # Without the key a dyno may build static files, but `serve` refuses to start.
    SECRET_KEY_IS_THROWAWAY = ON_DYNO and not SECRET_KEY
    if SECRET_KEY_IS_THROWAWAY:
        SECRET_KEY = secrets.token_urlsafe(48)
    SECRET_KEY = SECRET_KEY or database_configuration.local_secret_key(ROOT / ".secret_key")
except (EnvError, ValueError) as error:
    # Not ImproperlyConfigured: Django's commands and every server show that with a traceback.
    raise SystemExit(configuration.sentence(error)) from None
