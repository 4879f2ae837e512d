"""Django's settings. What an administrator may set is in ``kanmon.common.config``, not here."""

import os
import shutil
from pathlib import Path

from kanmon.common import config
from kanmon.journal import pool

HOME = config.home()
BASE = Path(__file__).parent


def _secret_key() -> str:
    """The signing key of the home; a fixed one only while nothing is set up (no sessions exist then)."""
    path = HOME / "secrets" / "signing-key"
    return path.read_text("utf-8").strip() if path.exists() else "not-set-up-" + "0" * 50


# A host that is gone is noticed in seconds: TCP alone would wait for a quarter of an hour.
LIMITS = {
    "connect_timeout": 5, "keepalives_idle": 5, "keepalives_interval": 2, "keepalives_count": 3, "tcp_user_timeout": 10_000
}  # fmt: skip


def _wal_pages() -> int:
    """How many pages may stand in the WAL before they go into the file."""
    try:
        return 16_384 if shutil.disk_usage(HOME).free > 2**30 else 1000
    except OSError:
        return 1000


def _pragmas(*, reading: bool) -> str:
    """What each SQLite connection begins with. The journal mode stands in the file: readers leave it as it is.

    A WAL keeps commits in a second file, and everybody who has the database open in one memory. On a disk that moves
    between machines a commit has to be in the one file: DELETE, with EXTRA, which also syncs the folder after the
    journal is gone.

    What changes a million rows writes the same pages of the indexes again and again. A WAL of 64 MiB (16,384 pages) takes
    most of that in before it goes into the file (``bench.policy_edit`` writes a million verdicts).
    Where a disk has little room it stays at SQLite's 4 MiB: a WAL that fills the disk leaves the file no room to grow,
    and can't be put into it any more.
    """
    shared = bool(config.get("database.shared_disk"))
    mode = "" if reading else f"PRAGMA journal_mode={'DELETE' if shared else 'WAL'}; "
    return (
        f"{mode}PRAGMA synchronous={'EXTRA' if shared else 'FULL'}; PRAGMA cache_size=-65536; PRAGMA foreign_keys=ON;"
        f" PRAGMA temp_store=MEMORY; PRAGMA wal_autocheckpoint={_wal_pages()};{' PRAGMA query_only=ON;' if reading else ''}"
    )


def _database() -> dict[str, object]:
    url = str(config.get("database.url"))
    pooled = bool(os.environ.get("KANMON_POOLED"))
    if url:
        from urllib.parse import parse_qsl, unquote

        # urlsplit refuses what libpq reads: some versions want one host only, and nothing before "["
        place, _, query = url.partition("://")[2].partition("#")[0].partition("?")
        netloc, _, name = place.partition("/")
        user, _, password = netloc.rpartition("@")[0].partition(":")
        hosts, ports = _hosts(netloc)
        options = dict(parse_qsl(query))  # sslmode=verify-full and the like go to libpq
        return {
            "ENGINE": "django.db.backends.postgresql",
            "NAME": unquote(name),
            "USER": unquote(user),
            "PASSWORD": unquote(password),
            "HOST": options.pop("host", "") or hosts,
            "PORT": options.pop("port", "") or ports,
            "CONN_MAX_AGE": 0 if pooled else None,
            "CONN_HEALTH_CHECKS": pooled,
            "OPTIONS": {**LIMITS, **options, **({"pool": pool.options()} if pooled else {})},
            "TEST": {"NAME": os.environ.get("KANMON_TEST_DATABASE")},
        }
    return {
        "ENGINE": "django.db.backends.sqlite3",
        "NAME": str(HOME / "kanmon.sqlite3"),
        "CONN_MAX_AGE": None,
        "OPTIONS": {
            "timeout": 30,
            "transaction_mode": "IMMEDIATE",
            "init_command": _pragmas(reading=bool(os.environ.get("KANMON_READ_ONLY"))),
        },
    }


def _hosts(netloc: str) -> tuple[str, str]:
    """Hosts and ports of a URL as they are written, each joined by commas as libpq wants them.

    %2Frun%2Fpostgresql is the folder of a socket, and has its own case; several hosts have commas between them.
    """
    from urllib.parse import unquote

    hosts, ports = [], []
    for address in netloc.rpartition("@")[2].split(","):
        if address.startswith("["):
            host, _, rest = address[1:].partition("]")
            port = rest.removeprefix(":")
        else:
            host, _, port = address.partition(":")
        hosts.append(unquote(host))
        ports.append(port)
    return ",".join(hosts), ",".join(ports) if any(ports) else ""


SECRET_KEY = _secret_key()
DEBUG = False
ALLOWED_HOSTS = ["*"]  # the host header is only used for redirects to itself; CSRF checks the origin
DATABASES = {"default": _database()}
CACHES = {"default": {"BACKEND": "kanmon.accounts.kept.KeptInTable"}}  # rate limits hold over all nodes
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"
INSTALLED_APPS = [
    "kanmon.journal",
    "kanmon.sealing",
    "kanmon.accounts",
    "kanmon.audit",
    "kanmon.setup",
    "kanmon.policy",
    "kanmon.feeds",
    "kanmon.intake",
    "kanmon.inventory",
    "kanmon.judgment",
    "kanmon.action",
    "kanmon.network",
    "kanmon.schedule",
    "kanmon.statistics",
    "kanmon.search",
    "kanmon.console",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "django.contrib.humanize",
    "allauth",
    "allauth.account",
    "allauth.mfa",
    "django_htmx",
]
MIDDLEWARE = [
    "kanmon.api.timing.middleware",
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "kanmon.audit.where.middleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "kanmon.console.middleware.headers",
    "kanmon.console.middleware.language",
    "kanmon.api.problems.always",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "kanmon.accounts.session_use.middleware",
    "kanmon.console.middleware.time_zone",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
    "allauth.account.middleware.AccountMiddleware",
]
ROOT_URLCONF = "kanmon.urls"
TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [BASE / "console" / "templates"],
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "kanmon.console.context.shell",
            ],
        },
    }
]
AUTH_USER_MODEL = "accounts.User"
AUTHENTICATION_BACKENDS = ["allauth.account.auth_backends.AuthenticationBackend"]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator"},
    {"NAME": "django.contrib.auth.password_validation.MinimumLengthValidator", "OPTIONS": {"min_length": 12}},
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
]
LOGIN_URL = "account_login"
LOGIN_REDIRECT_URL = "/"
ACCOUNT_LOGIN_METHODS = {"username"}
ACCOUNT_SIGNUP_FIELDS = ["username*", "password1*", "password2*"]
ACCOUNT_EMAIL_VERIFICATION = "none"
ACCOUNT_ADAPTER = "kanmon.accounts.adapter.NoSignup"
ACCOUNT_LOGOUT_ON_GET = False
ACCOUNT_RATE_LIMITS = {"login": "30/m/ip", "login_failed": "10/m/ip,5/5m/key"}
MFA_ADAPTER = "kanmon.accounts.second_factor.Sealed"
MFA_SUPPORTED_TYPES = ["totp", "recovery_codes"]
MFA_RECOVERY_CODES_SHOW_ONCE = True
MFA_TOTP_TOLERANCE = 1  # the clock of a phone may be half a minute off
SESSION_COOKIE_NAME = "kanmon_session"
SESSION_COOKIE_AGE = 12 * 3600
SESSION_COOKIE_HTTPONLY = True
SESSION_COOKIE_SAMESITE = "Lax"
CSRF_COOKIE_NAME = "kanmon_csrf"
CSRF_COOKIE_HTTPONLY = True
CSRF_COOKIE_SAMESITE = "Lax"
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = bool(config.get("server.certificate")) or bool(
    config.get("server.behind_proxy")
)
if config.get("server.behind_proxy"):
    SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")
CSRF_FAILURE_VIEW = "kanmon.console.views.errors.csrf_failure"
SECURE_CONTENT_TYPE_NOSNIFF = True
SECURE_HSTS_SECONDS = 31_536_000 if SESSION_COOKIE_SECURE else 0  # sent over TLS only
SECURE_REFERRER_POLICY = "same-origin"
X_FRAME_OPTIONS = "DENY"
DATA_UPLOAD_MAX_MEMORY_SIZE = 2**20

LANGUAGE_CODE = "en"
LANGUAGES = [("en", "English"), ("ja", "日本語")]
LOCALE_PATHS = [BASE / "console" / "locale"]
LANGUAGE_COOKIE_NAME = "kanmon_language"
USE_I18N = True
USE_TZ = True
TIME_ZONE = str(config.get("server.time_zone"))

STATIC_URL = "static/"
STATIC_ROOT = None
WHITENOISE_USE_FINDERS = True
WHITENOISE_AUTOREFRESH = False
LOGGING_CONFIG = None
SILENCED_SYSTEM_CHECKS = [
    "security.W002",  # X-Frame-Options is set by kanmon.console.middleware.headers
    "security.W005",  # other hosts of the domain are not ours to decide about
    "security.W008",  # with a certificate only TLS is served; the local socket has none, and must not be sent elsewhere
    "security.W021",  # nor is the browsers' own list
]
