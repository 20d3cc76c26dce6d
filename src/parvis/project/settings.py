"""Django settings, all derived from the environment (see variables.py, environment.py and docs/settings.md)."""

from datetime import timedelta
from pathlib import Path
from urllib.parse import unquote, urlsplit

from csp.constants import NONCE, SELF
from django.utils.translation import gettext_lazy as _

from parvis.core import logs, postgres
from parvis.project import environment
from parvis.project.databases import database_settings

ENV = environment.read()
HOME: Path = ENV.home
logs.configure(level=ENV.log_level, as_json=ENV.log_json)

# -- what people reach ----------------------------------------------------------------------------------------

SECRET_KEY = ENV.secret_key
DEBUG = ENV.debug
PUBLIC_URL = ENV.public_url
ALLOWED_HOSTS = [urlsplit(ENV.public_url).hostname or "localhost", "localhost", "127.0.0.1", "[::1]", *ENV.hosts]
CSRF_TRUSTED_ORIGINS = [ENV.public_url]
ROOT_URLCONF = "parvis.project.urls"
WSGI_APPLICATION = "parvis.project.wsgi.application"
OUTBOUND_ALLOWED = ENV.outbound_allowed
UNSIGNED_AGENTS = ENV.unsigned_agents
TRUSTED_PROXIES = ENV.trusted_proxies
if ENV.trusted_proxies:
    SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")

# -- the house, from the bottom up ----------------------------------------------------------------------------

INSTALLED_APPS = [
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "whitenoise.runserver_nostatic",
    "django.contrib.staticfiles",
    "django.contrib.humanize",
    "django_cotton.apps.SimpleAppConfig",
    "django_htmx",
    "csp",
    "procrastinate.contrib.django",
    "parvis.core",
    # domains
    "parvis.domains.people",
    "parvis.domains.catalog",
    "parvis.domains.messaging",
    "parvis.domains.checkout",
    "parvis.domains.voices",
    "parvis.domains.analytics",
    "parvis.domains.evidence",
    "parvis.domains.assistant",
    "parvis.domains.copywriting",
    # connectors
    "parvis.connectors.agents",
    "parvis.connectors.agentfeeds",
    "parvis.connectors.demo",
    "parvis.connectors.llm",
    "parvis.connectors.stripe",
    "parvis.connectors.testpay",
    "parvis.connectors.webhooks",
    # interfaces
    "parvis.interfaces.design",
    "parvis.interfaces.storefront",
    "parvis.interfaces.operations",
    "parvis.interfaces.api",
    "parvis.interfaces.agents",
    "parvis.interfaces.widgets",
    "ninja",
    "parvis.interfaces.accounts",
    "parvis.interfaces.studio",
    "parvis.project",
    # after ours, so that our templates are found first
    "allauth",
    "allauth.account",
    "allauth.mfa",
    "axes",
]

MIDDLEWARE = [
    "parvis.interfaces.operations.middleware.request_ids",
    "parvis.domains.analytics.web.middleware.collector_first",
    "parvis.domains.analytics.web.crawlers.crawlers_counted",
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.locale.LocaleMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "csp.middleware.CSPMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
    "parvis.domains.people.web.limits.AccountsMiddleware",
    "allauth.account.middleware.AccountMiddleware",
    "axes.middleware.AxesMiddleware",
    "parvis.interfaces.api.problems.Problems",
    "parvis.interfaces.operations.middleware.ExpectedErrors",
]

FORM_RENDERER = "parvis.interfaces.design.renderer.Written"
TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.template.context_processors.i18n",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
            ],
            "loaders": [
                (
                    "parvis.interfaces.design.folding.Loader",
                    [
                        "django_cotton.cotton_loader.Loader",
                        "django.template.loaders.filesystem.Loader",
                        "django.template.loaders.app_directories.Loader",
                    ],
                )
            ],
            "builtins": ["django_cotton.templatetags.cotton", "django.templatetags.i18n", "django.templatetags.static"],
        },
    }
]

# -- records, queue, sessions ---------------------------------------------------------------------------------

# Without DATABASE_URL the bundled server is started (or joined) here, by whichever process needs it first.
DATABASE_URL = ENV.database_url or postgres.acquire(HOME / "postgres")
DATABASES = {"default": database_settings(DATABASE_URL, pool=ENV.database_pool)}
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"
_LOCAL = "django.core.cache.backends.locmem.LocMemCache"
CACHES = {
    "default": {"BACKEND": _LOCAL, "OPTIONS": {"MAX_ENTRIES": 5000}},
    # whole pages of the shop, some tens of kilobytes each, kept by the fingerprints of all that they show
    "pages": {"BACKEND": _LOCAL, "LOCATION": "pages", "OPTIONS": {"MAX_ENTRIES": 600}},
}
SESSION_ENGINE = "django.contrib.sessions.backends.cached_db"
SESSION_COOKIE_AGE = 60 * 60 * 24 * 30
PROCRASTINATE_IMPORT_PATHS = ["parvis.core.tasks"]
PROCRASTINATE_AUTODISCOVER_MODULE_NAME = "tasks"

# -- people ---------------------------------------------------------------------------------------------------

AUTH_USER_MODEL = "people.Account"
AUTHENTICATION_BACKENDS = [
    "axes.backends.AxesStandaloneBackend",
    "allauth.account.auth_backends.AuthenticationBackend",
]
PASSWORD_HASHERS = [
    "django.contrib.auth.hashers.PBKDF2PasswordHasher",
    "django.contrib.auth.hashers.ScryptPasswordHasher",
]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator"},
    {"NAME": "django.contrib.auth.password_validation.MinimumLengthValidator", "OPTIONS": {"min_length": 10}},
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
]

LOGIN_URL = "account_login"
LOGIN_REDIRECT_URL = "/"
ACCOUNT_ADAPTER = "parvis.domains.people.web.adapter.AccountAdapter"
ACCOUNT_USER_MODEL_USERNAME_FIELD = None
ACCOUNT_LOGIN_METHODS = {"email"}
ACCOUNT_SIGNUP_FIELDS = ["email*", "password1*", "password2*"]
ACCOUNT_SIGNUP_FORM_CLASS = "parvis.domains.people.web.forms.SignupExtra"
ACCOUNT_EMAIL_VERIFICATION = "mandatory"
ACCOUNT_EMAIL_VERIFICATION_BY_CODE_ENABLED = True  # a code works across devices, and no mail scanner can use it up
ACCOUNT_EMAIL_VERIFICATION_SUPPORTS_RESEND = True
ACCOUNT_CHANGE_EMAIL = True
ACCOUNT_LOGIN_ON_PASSWORD_RESET = True
ACCOUNT_LOGOUT_ON_PASSWORD_CHANGE = False
ACCOUNT_SESSION_REMEMBER = True
ACCOUNT_RATE_LIMITS = {"login_failed": False}  # axes counts failures, for all processes together
ACCOUNT_DEFAULT_HTTP_PROTOCOL = urlsplit(ENV.public_url).scheme
MFA_ADAPTER = "parvis.domains.people.web.factors.FactorAdapter"
MFA_SUPPORTED_TYPES = ["totp", "webauthn", "recovery_codes"]
MFA_PASSKEY_LOGIN_ENABLED = True
MFA_FORMS = {"add_webauthn": "parvis.domains.people.web.passkeys.PasskeyForm"}
MFA_PASSKEY_SIGNUP_ENABLED = True  # a guest becomes a customer with an account by a code and a passkey: no password
MFA_TOTP_ISSUER = ENV.brand
MFA_WEBAUTHN_ALLOW_INSECURE_ORIGIN = not ENV.https  # browsers allow it on localhost only
ALLAUTH_TRUSTED_PROXY_COUNT = ENV.trusted_proxies
# After eight wrong passwords an address waits a quarter of an hour before it may try this account again.
AXES_FAILURE_LIMIT = 8
AXES_COOLOFF_TIME = timedelta(minutes=15)
AXES_LOCKOUT_PARAMETERS = [["username", "ip_address"]]
AXES_RESET_ON_SUCCESS = True
AXES_RESET_COOL_OFF_ON_FAILURE_DURING_LOCKOUT = False
AXES_DISABLE_ACCESS_LOG = True
AXES_VERBOSE = False
AXES_ENABLE_ADMIN = False
AXES_SENSITIVE_PARAMETERS = ["username", "login", "email", "password", "ip_address"]
AXES_USERNAME_CALLABLE = "parvis.domains.people.web.limits.attempted_email"
AXES_CLIENT_IP_CALLABLE = "parvis.domains.people.web.address.client_address"
AXES_LOCKOUT_CALLABLE = "parvis.domains.people.web.limits.locked_out"

# -- words, dates, money --------------------------------------------------------------------------------------

LANGUAGE_CODE = "en"
LANGUAGES = [("fr", _("French")), ("en", _("English"))]
USE_I18N = True
USE_TZ = True
TIME_ZONE = ENV.time_zone
CURRENCY = ENV.currency
BRAND = ENV.brand
AI_TRAINING = ENV.ai_training

# -- language model -------------------------------------------------------------------------------------------

LANGUAGE_MODEL = ENV.language_model
SECOND_OPINIONS = ENV.second_opinions

# -- files ----------------------------------------------------------------------------------------------------

STATIC_URL = "/static/"
STATIC_ROOT = HOME / "static"
MEDIA_URL = "/media/"
MEDIA_ROOT = HOME / "media"
EVENT_LOG = HOME / "events"
EVENTS_MONTHS = ENV.events_months
UNBOUGHT_DAYS = ENV.unbought_days
INDEX_ROOT = HOME / "index"
DENSE = ENV.dense
WHITENOISE_USE_FINDERS = True
WHITENOISE_MAX_AGE = 3600
DATA_UPLOAD_MAX_MEMORY_SIZE = 12 * 1024 * 1024
FILE_UPLOAD_MAX_MEMORY_SIZE = 2 * 1024 * 1024
FILE_UPLOAD_HANDLERS = [
    "parvis.core.uploads.BoundedUpload",
    "django.core.files.uploadhandler.MemoryFileUploadHandler",
    "django.core.files.uploadhandler.TemporaryFileUploadHandler",
]
DATA_UPLOAD_MAX_NUMBER_FIELDS = 2000

# -- safety ---------------------------------------------------------------------------------------------------

CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": [SELF],
        "script-src": [SELF, NONCE],
        "style-src": [SELF],
        "img-src": [SELF, "data:", "blob:"],
        "object-src": ["'none'"],
        "base-uri": [SELF],
        "form-action": [SELF],
        "frame-ancestors": ["'none'"],
    }
}
SECURE_CONTENT_TYPE_NOSNIFF = True
SECURE_REFERRER_POLICY = "strict-origin-when-cross-origin"
X_FRAME_OPTIONS = "DENY"
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = ENV.https
SESSION_COOKIE_SAMESITE = CSRF_COOKIE_SAMESITE = "Lax"
if ENV.https:
    SECURE_HSTS_SECONDS = 60 * 60 * 24 * 365

# -- mail -----------------------------------------------------------------------------------------------------

DEFAULT_FROM_EMAIL = ENV.email_from
MAIL_HOOK_SECRET = ENV.mail_hook_secret
if ENV.email_url:
    _mail = urlsplit(ENV.email_url)
    EMAIL_HOST, EMAIL_PORT = _mail.hostname or "localhost", _mail.port or 25
    EMAIL_HOST_USER, EMAIL_HOST_PASSWORD = unquote(_mail.username or ""), unquote(_mail.password or "")
    EMAIL_USE_TLS = _mail.scheme == "smtp" and EMAIL_PORT == 587
    EMAIL_USE_SSL = _mail.scheme == "smtps"
else:
    EMAIL_BACKEND = "django.core.mail.backends.filebased.EmailBackend"
    EMAIL_FILE_PATH = HOME / "mail"

LOGGING_CONFIG = None  # parvis.core.logs has configured it
