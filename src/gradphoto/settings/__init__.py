"""Django's settings: embedded defaults (SQLite, local files, own worker), each to be changed by the environment."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from csp.constants import NONE, SELF

from gradphoto.settings.env import flag, folder, setting, text, whole, words
from gradphoto.settings.secrets import key_ring, secret

DATA: Path = setting("GRADPHOTO_DATA", folder, "gradphoto-data", "folder of database, photos and keys")
DEBUG: bool = setting("GRADPHOTO_DEBUG", flag, "0", "error pages with source; never in service")
PUBLIC_URL: str = setting(
    "GRADPHOTO_PUBLIC_URL", text, "http://localhost:8000", "address that students open"
).rstrip("/")
SECRET_KEY: str = setting(
    "GRADPHOTO_SECRET_KEY", text, "", "signs sessions; unset: made once and kept in the data folder"
)
SECRET_KEY = SECRET_KEY or secret(DATA / "secret_key")
SEAL_KEYS = key_ring(
    setting(
        "GRADPHOTO_KEYS", text, "", "encryption keys as id:base64,...; the last one seals; unset: made once"
    ),
    DATA,
)
LOOKUP_KEY = secret(DATA / "lookup_key")
ALLOWED_HOSTS = setting("GRADPHOTO_HOSTS", words, "localhost,127.0.0.1,[::1]", "host names that are answered")
SECURE: bool = PUBLIC_URL.startswith("https://")
CSRF_TRUSTED_ORIGINS = [PUBLIC_URL]
TRUSTED_PROXIES: int = setting(
    "GRADPHOTO_PROXIES", whole, "0", "reverse proxies in front whose X-Forwarded-For counts"
)

ROOT_URLCONF = "gradphoto.web.urls"
WSGI_APPLICATION = "gradphoto.web.wsgi.application"
INSTALLED_APPS = [
    "unfold",
    "django.contrib.admin",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "django_htmx",
    "django_otp",
    "django_otp.plugins.otp_totp",
    "django_otp.plugins.otp_static",
    "axes",
    "csp",
    "gradphoto.audit",
    "gradphoto.people",
    "gradphoto.collection",
    "gradphoto.money",
    "gradphoto.messages",
    "gradphoto.jobs",
    "gradphoto.web",
]
MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "csp.middleware.CSPMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.locale.LocaleMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django_otp.middleware.OTPMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
    "gradphoto.web.device.DeviceMiddleware",
    "gradphoto.web.problems.ProblemMiddleware",
    "axes.middleware.AxesMiddleware",
]
TEMPLATES: list[dict[str, Any]] = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.template.context_processors.i18n",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "csp.context_processors.nonce",
            ]
        },
    }
]

DATABASES = {
    "default": {
        "ENGINE": "django.db.backends.sqlite3",
        "NAME": DATA / "gradphoto.sqlite3",
        # IMMEDIATE: 50 writers without one "database is locked"; Django's deferred default lost nine writes in ten.
        "OPTIONS": {
            "transaction_mode": "IMMEDIATE",
            "timeout": 20,
            "init_command": "PRAGMA journal_mode=WAL; PRAGMA synchronous=NORMAL; PRAGMA foreign_keys=ON;",
        },
        "TEST": {"NAME": DATA / "test.sqlite3"},
    }
}
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"
STORAGES = {
    "default": {
        "BACKEND": "django.core.files.storage.FileSystemStorage",
        "OPTIONS": {"location": DATA / "photos"},
    },
    "staticfiles": {"BACKEND": "whitenoise.storage.CompressedManifestStaticFilesStorage"},
}
STATIC_URL = "/static/"
STATIC_ROOT = DATA / "static"
STATIC_ROOT.mkdir(parents=True, exist_ok=True)  # whitenoise warns where it is missing
DATA_UPLOAD_MAX_MEMORY_SIZE = 2 * 1024 * 1024
FILE_UPLOAD_MAX_MEMORY_SIZE = 2 * 1024 * 1024

LANGUAGE_CODE = "zh-hans"
LANGUAGES = [("zh-hans", "简体中文"), ("en", "English")]
LOCALE_PATHS = [Path(__file__).resolve().parent.parent / "web" / "locale"]
TIME_ZONE = "Asia/Shanghai"
USE_TZ = True

PASSWORD_HASHERS = [
    "django.contrib.auth.hashers.Argon2PasswordHasher",
    "django.contrib.auth.hashers.PBKDF2PasswordHasher",
]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "django.contrib.auth.password_validation.MinimumLengthValidator", "OPTIONS": {"min_length": 10}},
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
]
AUTHENTICATION_BACKENDS = ["axes.backends.AxesStandaloneBackend", "django.contrib.auth.backends.ModelBackend"]
AXES_FAILURE_LIMIT = 5
AXES_COOLOFF_TIME = 0.25  # hours
AXES_LOCKOUT_PARAMETERS = [["username", "ip_address"]]
LOGIN_URL = "/staff/login/"
LOGIN_REDIRECT_URL = "/staff/"
STAFF_TWO_FACTOR: bool = setting("GRADPHOTO_STAFF_2FA", flag, "1", "staff sign in with a one-time code too")

SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = SECURE
SESSION_COOKIE_HTTPONLY = True
SESSION_COOKIE_AGE = 12 * 3600
CSRF_FAILURE_VIEW = "gradphoto.web.problems.csrf_failure"
SECURE_SSL_REDIRECT = SECURE
SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https") if TRUSTED_PROXIES else None
SECURE_HSTS_SECONDS = 31536000 if SECURE else 0
SECURE_HSTS_INCLUDE_SUBDOMAINS = SECURE_HSTS_PRELOAD = SECURE
SECURE_REFERRER_POLICY = "same-origin"
X_FRAME_OPTIONS = "DENY"
CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": [NONE],
        "script-src": [SELF],
        "style-src": [SELF],
        "img-src": [SELF, "data:", "blob:"],
        "media-src": [SELF, "blob:"],
        "connect-src": [SELF],
        "font-src": [SELF],
        "form-action": [SELF],
        "frame-ancestors": [NONE],
        "base-uri": [NONE],
        "manifest-src": [SELF],
    }
}

EMAIL_BACKEND = setting(
    "GRADPHOTO_EMAIL_BACKEND", text, "django.core.mail.backends.filebased.EmailBackend", "how mail is sent"
)
EMAIL_FILE_PATH = DATA / "mail"
EMAIL_HOST = setting("GRADPHOTO_EMAIL_HOST", text, "localhost", "mail server")
EMAIL_PORT = setting("GRADPHOTO_EMAIL_PORT", whole, "25", "its port")
EMAIL_HOST_USER = setting("GRADPHOTO_EMAIL_USER", text, "", "its user")
EMAIL_HOST_PASSWORD = setting("GRADPHOTO_EMAIL_PASSWORD", text, "", "its password")
EMAIL_USE_TLS = setting("GRADPHOTO_EMAIL_TLS", flag, "0", "speak TLS to it")
DEFAULT_FROM_EMAIL = setting("GRADPHOTO_EMAIL_FROM", text, "gradphoto@localhost", "sender of mail")

# --- the collection -------------------------------------------------------------------------------------------------
MAX_DEVICES: int = setting(
    "GRADPHOTO_MAX_DEVICES", whole, "3", "devices that one student may be signed in on"
)
MAX_PHOTO_BYTES: int = setting("GRADPHOTO_MAX_PHOTO_MB", whole, "30", "largest photo, in MB") * 1024 * 1024
LEASE_SECONDS: int = setting(
    "GRADPHOTO_REVIEW_LEASE", whole, "300", "seconds that a case stays with its reviewer"
)
UNDO_SECONDS: int = setting("GRADPHOTO_REVIEW_UNDO", whole, "300", "seconds in which a reviewer may undo")

# --- outside worlds: addresses and keys; unset they are the shipped sandboxes -----------------------------------------
SANDBOX_URL: str = setting(
    "GRADPHOTO_SANDBOX_URL", text, "http://127.0.0.1:8001", "where the sandbox servers answer"
).rstrip("/")
REGISTRY: str = setting("GRADPHOTO_REGISTRY", text, "sandbox", "registry gateway: sandbox")
PAYMENT: str = setting("GRADPHOTO_PAYMENT", text, "sandbox", "payment gateway: sandbox or wechat")
WECHATPAY = {
    "base_url": setting(
        "GRADPHOTO_WECHATPAY_URL", text, "https://api.mch.weixin.qq.com", "WeChat Pay's address"
    ),
    "mchid": setting("GRADPHOTO_WECHATPAY_MCHID", text, "", "merchant number"),
    "appid": setting("GRADPHOTO_WECHATPAY_APPID", text, "", "app id that the merchant is tied to"),
    "serial": setting("GRADPHOTO_WECHATPAY_SERIAL", text, "", "serial number of the merchant's certificate"),
    "private_key": setting("GRADPHOTO_WECHATPAY_PRIVATE_KEY", text, "", "merchant's private key (PEM)"),
    "apiv3_key": setting("GRADPHOTO_WECHATPAY_APIV3_KEY", text, "", "APIv3 key (32 characters)"),
    "public_key": setting("GRADPHOTO_WECHATPAY_PUBLIC_KEY", text, "", "WeChat Pay's public key (PEM)"),
    "public_key_id": setting("GRADPHOTO_WECHATPAY_PUBLIC_KEY_ID", text, "", "its id (PUB_KEY_ID_...)"),
}

LOGGING: dict[str, Any] = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {"line": {"format": "{asctime} {levelname} {name} {message}", "style": "{"}},
    "handlers": {"console": {"class": "logging.StreamHandler", "formatter": "line"}},
    "root": {"handlers": ["console"], "level": "WARNING"},
    "loggers": {"gradphoto": {"level": "INFO"}},
}
