"""Settings of the web side, all from the environment. docs/chat-api.md lists them."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

import dj_database_url
from csp.constants import NONE, SELF

from web.logs import LOGGING as LOGGING
from web.secret_key import kept_secret_key

ROOT = Path(__file__).resolve().parent.parent


def _names(variable: str, default: str = "") -> list[str]:
    """A list from a variable that holds names separated by commas."""
    return [name.strip() for name in os.environ.get(variable, default).split(",") if name.strip()]


DATA_DIR = Path(os.environ.get("CHAT_DATA_DIR", ROOT / "var"))
SECRET_KEY = os.environ.get("SECRET_KEY") or kept_secret_key(DATA_DIR / "secret_key")
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
LIMITS_STORAGE_URL = os.environ.get("LIMITS_STORAGE_URL", "memory://")
PROCESSES = int(os.environ.get("WEB_CONCURRENCY", "1"))
THREADS = int(os.environ.get("CHAT_THREADS", "64"))

# --- Rasa -------------------------------------------------------------------------------------------
RASA_URL = os.environ.get("RASA_URL", "http://127.0.0.1:5005")
#: Seconds that Rasa has for a turn, from the first byte sent to the last received.
RASA_TIME_LIMIT = 5.0

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
        "init_command": "PRAGMA journal_mode=WAL; PRAGMA synchronous=NORMAL",
        "transaction_mode": "IMMEDIATE",
        "timeout": 5,  # seconds to wait for another writer
    }
DATABASES = {"default": _database}
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"
USE_TZ = True
TIME_ZONE = "UTC"

# --- Django ----------------------------------------------------------------------------------------------
INSTALLED_APPS = ["corsheaders", "csp", "django.contrib.staticfiles", "web.chat"]
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
    "web.chat.middleware.Problems",
]
ROOT_URLCONF = "web.urls"
APPEND_SLASH = False
TEMPLATES = [{"BACKEND": "django.template.backends.django.DjangoTemplates", "APP_DIRS": True}]
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
