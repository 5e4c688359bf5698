"""Every setting of Django and of the app; what an installation chooses is in `config_vars`."""

from django.utils.csp import CSP

from chatapp.config_vars import *
from chatapp.server import logs

DEBUG = False
ROOT_URLCONF = "chatapp.urls"
ASGI_APPLICATION = "chatapp.asgi.application"
AUTH_USER_MODEL = "accounts.Person"
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

INSTALLED_APPS = [
    "chatapp",  # before those whose commands it replaces
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.staticfiles",
    "allauth",
    "allauth.account",
    # Also without a provider: its rows must go with the person to whom they belong.
    "allauth.socialaccount",
    "allauth.mfa",
    "chatapp.accounts",
    "chatapp.audit",
    "chatapp.jobs",
    "chatapp.images",
    "chatapp.documents",
    "chatapp.mcp",
    "chatapp.projects",
    "chatapp.retirement",
    "chatapp.conversations",
    "chatapp.replies",
    "chatapp.prompts",
    "chatapp.sharing",
    "chatapp.transfer",
    "chatapp.search",
    "chatapp.spending",
    "chatapp.people",
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
                "chatapp.accounts.context_processors.permissions",
                "chatapp.chat.inner_pages.inner_sidebar",
                "chatapp.sharing.context_processors.sharing",
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
ACCOUNT_FORMS = {
    "login": "chatapp.accounts.forms.SignInForm",
    "change_password": "chatapp.accounts.password_forms.ChangePasswordForm",
    "reset_password": "chatapp.accounts.password_forms.ResetRequestForm",
    "reset_password_from_key": "chatapp.accounts.password_forms.ChoosePasswordForm",
    "reauthenticate": "chatapp.accounts.password_forms.ConfirmForm",
    "user_token": "chatapp.accounts.password_forms.LinkForm",
}
ACCOUNT_ADAPTER = "chatapp.accounts.adapter.AccountAdapter"
ACCOUNT_USER_MODEL_USERNAME_FIELD = None
ACCOUNT_LOGIN_METHODS = {"email"}
ACCOUNT_SIGNUP_FIELDS = ["email*", "password1*"]
ACCOUNT_EMAIL_VERIFICATION = "none"
ACCOUNT_EMAIL_UNKNOWN_ACCOUNTS = False  # otherwise strangers could have us send emails to anybody
ACCOUNT_PASSWORD_RESET_TOKEN_GENERATOR = "chatapp.accounts.link_tokens.LinkTokens"  # noqa: S105
ACCOUNT_LOGOUT_REDIRECT_URL = "account_login"
ACCOUNT_SESSION_REMEMBER = True
ACCOUNT_EMAIL_SUBJECT_PREFIX = ""
ACCOUNT_REAUTHENTICATION_TIMEOUT = 60 * 10  # seconds until the password is asked for again
ACCOUNT_RATE_LIMITS = False  # `chatapp.accounts.guesses` counts instead
SOCIALACCOUNT_ADAPTER = "chatapp.accounts.single_sign_on.adapter.SingleSignOnAdapter"
MFA_ADAPTER = "chatapp.accounts.two_step.adapter.TwoStepAdapter"
MFA_FORMS = {
    "authenticate": "chatapp.accounts.two_step.forms.SecondStepForm",
    "reauthenticate": "chatapp.accounts.two_step.forms.ConfirmByCodeForm",
    "activate_totp": "chatapp.accounts.two_step.forms.SetUpCodesForm",
    "authenticate_webauthn": "chatapp.accounts.two_step.passkey_forms.SecondStepByPasskeyForm",
    "reauthenticate_webauthn": "chatapp.accounts.two_step.passkey_forms.ConfirmByPasskeyForm",
    "login_webauthn": "chatapp.accounts.two_step.passkey_forms.SignInByPasskeyForm",
    "add_webauthn": "chatapp.accounts.two_step.passkey_forms.AddPasskeyForm",
    "edit_webauthn": "chatapp.accounts.two_step.passkey_forms.RenamePasskeyForm",
}
MFA_SUPPORTED_TYPES = ["totp", "webauthn", "recovery_codes"]
MFA_PASSKEY_LOGIN_ENABLED = True
MFA_TOTP_ISSUER = SITE_NAME
MFA_TOTP_TOLERANCE = 1  # codes before and after the present one: clocks of phones differ
MFA_RECOVERY_CODES_SHOW_ONCE = True
MFA_ALLOW_UNVERIFIED_EMAIL = True  # nobody signs up by themselves
MFA_RATE_LIMITS = False  # `chatapp.accounts.guesses` counts instead

# --- The model service ----------------------------------------------------------------

LINE_WINDOW_SECONDS = 60.0  # in which the service counts what it was asked for

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
    SECURE_HSTS_SECONDS = 60 * 60 * 24 * 365
if BEHIND_HTTPS:
    SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")
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
    "messages": 64 * 1024**2,  # all files of a page without JavaScript together
    "edit": 64 * 1024**2,
    "images": 51 * 1024**2,
    "documents": 51 * 1024**2,
    "project-files": 64 * 1024**2,
    "draft": DATA_UPLOAD_MAX_MEMORY_SIZE,
    "imports": 51 * 1024**2,
    "import-slice": 3 * 1024**2,
    "conversation-draft": DATA_UPLOAD_MAX_MEMORY_SIZE,
    "settings": 1024**2,  # instructions
    "defaults": 1024**2,
    "personal-instructions": 1024**2,
    "server-tools": 512 * 1024,  # two fields for each of 200 tools with long names
    "saved-prompt": 256 * 1024,
    "saved-prompt-new": 256 * 1024,
    "saved-prompt-use": DATA_UPLOAD_MAX_MEMORY_SIZE,  # values of variables
    "saved-prompt-import": 9 * 1024**2,  # more than any export has
}

# --- Language, time, log --------------------------------------------------------------

USE_TZ = True
TIME_ZONE = "UTC"
LANGUAGE_CODE = "en"
LOCALE_PATHS = [ROOT / "locale"]
# Looking up every text where there is no catalogue takes 6 % of the time of a page.
USE_I18N = LOCALE_PATHS[0].exists()

LOGGING = logs.configuration(LOG_LEVEL)
