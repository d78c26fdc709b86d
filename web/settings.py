"""Settings of the web side, all from the environment. docs/chat-api.md lists them."""

from __future__ import annotations

import os
from datetime import timedelta
from pathlib import Path
from typing import Any

import dj_database_url
from csp.constants import NONE, SELF

from safety.replies import CLINIC
from web.handoff.keys import encryption_keys
from web.logs import LOGGING as LOGGING
from web.secret_key import kept_secret

ROOT = Path(__file__).resolve().parent.parent


def _names(variable: str, default: str = "") -> list[str]:
    """A list from a variable that holds names separated by commas."""
    return [name.strip() for name in os.environ.get(variable, default).split(",") if name.strip()]


DATA_DIR = Path(os.environ.get("CHAT_DATA_DIR", ROOT / "var"))
SECRET_KEY = os.environ.get("SECRET_KEY") or kept_secret(DATA_DIR / "secret_key")
DEBUG = False

# --- who may talk to the door ------------------------------------------------------------------
ALLOWED_HOSTS = _names("CHAT_ALLOWED_HOSTS", "127.0.0.1,localhost,[::1]")
CORS_ALLOWED_ORIGINS = _names("CHAT_ALLOWED_ORIGINS")
CORS_URLS_REGEX = r"^/chat/"
CORS_ALLOW_METHODS = ["GET", "POST", "DELETE"]
CORS_ALLOW_HEADERS = ["authorization", "content-type"]
CORS_EXPOSE_HEADERS = ["Retry-After", "X-Request-ID"]
#: Addresses or networks of reverse proxies, whose X-Forwarded-For is believed.
TRUSTED_PROXIES = _names("CHAT_TRUSTED_PROXIES")
TOKEN_DAYS = int(os.environ.get("CHAT_TOKEN_DAYS", "30"))
METRICS_TOKEN = os.environ.get("METRICS_TOKEN", "")

# --- limits; 0 switches one off ------------------------------------------------------------------
MESSAGES_PER_MINUTE = int(os.environ.get("CHAT_MESSAGES_PER_MINUTE", "20"))
SESSIONS_PER_MINUTE = int(os.environ.get("CHAT_SESSIONS_PER_MINUTE", "10"))
LIMITS_STORAGE_URL = os.environ.get("LIMITS_STORAGE_URL") or os.environ.get("REDIS_URL") or "memory://"
PROCESSES = int(os.environ.get("WEB_CONCURRENCY", "1"))
THREADS = int(os.environ.get("CHAT_THREADS", "64"))

# --- Rasa -------------------------------------------------------------------------------------------
RASA_URL = os.environ.get("RASA_URL", "http://127.0.0.1:5005")
#: Seconds that Rasa has for a turn, from the first byte sent to the last received.
RASA_TIME_LIMIT = 5.0
#: The same for words in which the floor saw danger, storing them included: a card is owed within two.
RASA_URGENT_TIME_LIMIT = float(os.environ.get("CHAT_URGENT_SECONDS", "0.8"))

# --- the log ------------------------------------------------------------------------------------------
_database: dict[str, Any] = dict(
    dj_database_url.parse(
        os.environ.get("DATABASE_URL") or f"sqlite:///{DATA_DIR / 'chat.sqlite3'}",
        conn_max_age=60,
        conn_health_checks=True,
    )
)
if _database["ENGINE"] == "django.db.backends.sqlite3":
    DATA_DIR.mkdir(parents=True, exist_ok=True)
    _database["OPTIONS"] = {
        "init_command": "PRAGMA journal_mode=WAL; PRAGMA synchronous=NORMAL; PRAGMA secure_delete=ON",
        "transaction_mode": "IMMEDIATE",
        "timeout": 5,  # seconds to wait for another writer
    }
DATABASES = {"default": _database}
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"
USE_TZ = True
#: Times on the staff's pages are in the clinic's time zone; the log keeps UTC.
TIME_ZONE = os.environ.get("CLINIC_TIME_ZONE") or CLINIC.get("time_zone", "America/Chicago")

# --- from chat to phone call; docs/handoff.md -----------------------------------------------------------------
ENCRYPTION_KEY_FILE = DATA_DIR / "encryption_keys"
#: Keys of the call-back requests: the first one encrypts, all of them decrypt.
ENCRYPTION_KEYS = encryption_keys(os.environ.get("ENCRYPTION_KEYS", ""), ENCRYPTION_KEY_FILE)
#: Hours until a visitor who asked for it should have been called.
CALL_BACK_HOURS = float(os.environ.get("CALL_BACK_HOURS", "24"))
#: Where alerts go: name=address, separated by spaces, addresses as apprise writes them.
ALERT_CHANNELS = os.environ.get("ALERT_CHANNELS", "")
#: Minutes in which further events of one conversation are no further alert.
ALERT_QUIET_MINUTES = float(os.environ.get("ALERT_QUIET_MINUTES", "30"))
#: Seconds that one delivery may take before another worker may try it.
ALERT_LEASE_SECONDS = float(os.environ.get("ALERT_LEASE_SECONDS", "120"))
#: Address under which the staff reach their pages; the links in alerts begin with it.
STAFF_URL = os.environ.get("STAFF_URL", "http://127.0.0.1:8000").rstrip("/")

# --- how long things are kept; docs/privacy.md --------------------------------------------------------------------
#: Days after the visitor's last visit when a conversation goes, with all that belongs to it.
TRANSCRIPT_DAYS = float(os.environ.get("RETAIN_TRANSCRIPT_DAYS", "180"))
#: Days after it is done when a call-back request goes.
CALL_BACK_DAYS = float(os.environ.get("RETAIN_CALL_BACK_DAYS", "30"))
#: Days after which an alert that was sent goes.
ALERT_DAYS = float(os.environ.get("RETAIN_ALERT_DAYS", "180"))
#: Years for which the audit trail is kept; the database refuses less than six.
AUDIT_YEARS = max(6.0, float(os.environ.get("RETAIN_AUDIT_YEARS", "6")))

# --- Django ----------------------------------------------------------------------------------------------
INSTALLED_APPS = [
    "django.contrib.admin.apps.SimpleAdminConfig",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "axes",
    "corsheaders",
    "csp",
    "django_otp",
    "django_otp.plugins.otp_totp",
    "web.chat",
    "web.handoff",
    "web.review",
    "web.privacy",
]
MIDDLEWARE = [
    "web.chat.middleware.RequestLog",
    "django.middleware.security.SecurityMiddleware",
    "django.middleware.http.ConditionalGetMiddleware",
    "django.middleware.gzip.GZipMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "corsheaders.middleware.CorsMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "csp.middleware.CSPMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django_otp.middleware.OTPMiddleware",
    "web.review.middleware.StaffArea",
    "web.chat.middleware.Problems",
    "axes.middleware.AxesMiddleware",
]
ROOT_URLCONF = "web.urls"
APPEND_SLASH = False
TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "web.review.context.console",
            ]
        },
    }
]
STATIC_URL = "/static/"
# The widget's files stand at the root: a clinic's page names /widget.js.
WHITENOISE_ROOT = ROOT / "web" / "chat" / "static" / "chat"
WHITENOISE_USE_FINDERS = True
WHITENOISE_MAX_AGE = 300
CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": [NONE],
        "script-src": [SELF],
        "style-src": [SELF],
        "img-src": [SELF, "data:"],
        "connect-src": [SELF],
        "base-uri": [NONE],
        "form-action": [NONE],
        "frame-ancestors": [NONE],
    }
}
SECURE_REFERRER_POLICY = "same-origin"
SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https") if TRUSTED_PROXIES else None

# --- the staff's sign-in; docs/console.md ---------------------------------------------------------------------
AUTHENTICATION_BACKENDS = ["axes.backends.AxesStandaloneBackend", "django.contrib.auth.backends.ModelBackend"]
PASSWORD_HASHERS = ["web.review.passwords.OneAtATime"]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": f"django.contrib.auth.password_validation.{name}", "OPTIONS": options}
    for name, options in (
        ("MinimumLengthValidator", {"min_length": 12}),
        ("UserAttributeSimilarityValidator", {}),
        ("CommonPasswordValidator", {}),
        ("NumericPasswordValidator", {}),
    )
]
LOGIN_URL = "/staff/sign-in"
CSRF_FAILURE_VIEW = "web.review.error_pages.csrf_failure"
#: Minutes without a click, and hours since signing in, after which a member of staff has to sign in again.
STAFF_IDLE_MINUTES = int(os.environ.get("STAFF_IDLE_MINUTES", "30"))
STAFF_SESSION_HOURS = int(os.environ.get("STAFF_SESSION_HOURS", "12"))
SESSION_COOKIE_AGE = STAFF_SESSION_HOURS * 3600
SESSION_EXPIRE_AT_BROWSER_CLOSE = True
SESSION_COOKIE_NAME, CSRF_COOKIE_NAME = "staff_session", "staff_csrf"
SESSION_COOKIE_PATH = CSRF_COOKIE_PATH = "/staff/"  # no visitor ever gets a cookie
SESSION_COOKIE_SAMESITE = CSRF_COOKIE_SAMESITE = "Lax"
CSRF_COOKIE_HTTPONLY = True
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = bool(TRUSTED_PROXIES)  # a reverse proxy ends TLS
MESSAGE_STORAGE = "django.contrib.messages.storage.session.SessionStorage"
#: Wrong passwords for one name from one address, and the time until it may be tried again.
AXES_FAILURE_LIMIT = 5
AXES_COOLOFF_TIME = timedelta(minutes=15)
AXES_LOCKOUT_PARAMETERS = [["username", "ip_address"]]
AXES_CLIENT_IP_CALLABLE = "web.chat.addresses.client_address"
AXES_RESET_ON_SUCCESS = True
AXES_DISABLE_ACCESS_LOG = True
AXES_ENABLE_ADMIN = False
AXES_VERBOSE = False
AXES_LOCKOUT_TEMPLATE = "review/locked_out.html"
AXES_HTTP_RESPONSE_CODE = 429
OTP_TOTP_ISSUER = "Clinic chat"
OTP_TOTP_THROTTLE_FACTOR = 1
