"""Settings of Django. What differs from machine to machine is read in `environment`."""

from datetime import timedelta

from kesher.config import environment

ROOT = environment.ROOT
HOME = environment.home()
ADDRESS = environment.address()

DEBUG = environment.is_on("KESHER_DEBUG")
SECRET_KEY = environment.secret_key(HOME)
ALLOWED_HOSTS = list(environment.LOOPBACK_NAMES) if ADDRESS.is_local else [ADDRESS.host]
CSRF_TRUSTED_ORIGINS = [ADDRESS.url]
ROOT_URLCONF = "kesher.config.urls"
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

INSTALLED_APPS = [
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "django.forms",
    "allauth",
    "allauth.account",
    "allauth.mfa",
    "csp",
    "django_tasks",
    "django_tasks_db",
    "kesher.core",
    "kesher.organization",
    "kesher.customers",
    "kesher.catalog",
    "kesher.engagement",
    "kesher.billing",
    "kesher.reactions",
    "kesher.surface",
    "kesher.web",
    "kesher.demo",
    "kesher.config",
]

MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "kesher.config.middleware.CompressedPages",
    "kesher.config.middleware.PrivatePages",
    "csp.middleware.CSPMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "kesher.config.middleware.ForgetAtSignOut",
    "django.middleware.locale.LocaleMiddleware",
    "django.middleware.common.CommonMiddleware",
    "kesher.config.middleware.OneEncoding",
    "django.middleware.csrf.CsrfViewMiddleware",
    "kesher.config.middleware.SignInFromFragment",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "kesher.surface.watching.WatchingMiddleware",
    "kesher.surface.actor.ActorMiddleware",
    # A page is closed unless it says login_not_required.
    "django.contrib.auth.middleware.LoginRequiredMiddleware",
    "allauth.account.middleware.AccountMiddleware",
    "kesher.surface.refusals.RefusalMiddleware",
]

TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        # Named here so that our layouts go before allauth's of the same name.
        "DIRS": [ROOT / "kesher/web/templates"],
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.template.context_processors.i18n",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "kesher.web.shell.shell",
            ],
        },
    }
]
FORM_RENDERER = "django.forms.renderers.TemplatesSetting"

# ---- data

DATABASES = {"default": environment.database(environment.said("DATABASE_URL"), HOME)}
# Counts of failed sign-ins are kept here, so all processes and machines must share it.
CACHES = {
    "default": {
        "BACKEND": "django.core.cache.backends.db.DatabaseCache",
        "LOCATION": "kesher_cache",
        # A full cache forgets at random, and with it the counts of failed sign-ins.
        "OPTIONS": {"MAX_ENTRIES": 200_000},
    }
}
TASKS = {
    "default": {
        "BACKEND": "django_tasks_db.DatabaseBackend",
        "QUEUES": ["default", "long"],
    }
}
MEDIA_ROOT = HOME / "files"
FILE_UPLOAD_PERMISSIONS = 0o600
FILE_UPLOAD_DIRECTORY_PERMISSIONS = 0o700
DATA_UPLOAD_MAX_MEMORY_SIZE = 5 * 1024 * 1024
MAX_REQUEST_BYTES = 128 * 1024 * 1024

# ---- languages and time

USE_TZ = True
TIME_ZONE = "UTC"
LANGUAGE_CODE = "en"
LANGUAGES = [("en", "English"), ("he", "עברית"), ("el", "Ελληνικά")]
LOCALE_PATHS = [ROOT / "locale"]
FORMAT_MODULE_PATH = "kesher.config.formats"

# ---- assets

STATIC_URL = "/static/"
STATIC_ROOT = ROOT / ".build/static"
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {"BACKEND": "whitenoise.storage.CompressedManifestStaticFilesStorage"},
}

# ---- mail

# Without KESHER_MAIL_URL nothing is sent; messages stay in the mailbox inside Kesher.
KESHER_MAIL_URL = environment.said("KESHER_MAIL_URL")
DEFAULT_FROM_EMAIL = f"Kesher <no-reply@{ADDRESS.host}>"
vars().update(environment.mail(KESHER_MAIL_URL))

# ---- sources that live on

# Folders below which files may be fetched, and hosts inside that may be visited; without, none.
KESHER_SOURCE_FOLDERS = environment.folders(environment.said("KESHER_SOURCE_FOLDERS"))
KESHER_SOURCE_HOSTS = environment.said("KESHER_SOURCE_HOSTS").replace(",", " ").split()
KESHER_SOURCE_AUTHORITIES = environment.said("KESHER_SOURCE_AUTHORITIES")

# ---- what the browser may do

CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": ["'none'"],
        "script-src": ["'self'"],
        "style-src": ["'self'"],
        "img-src": ["'self'", "data:"],
        "font-src": ["'self'"],
        "connect-src": ["'self'"],
        "manifest-src": ["'self'"],
        "worker-src": ["'self'"],
        "form-action": ["'self'"],
        "base-uri": ["'none'"],
        "frame-ancestors": ["'none'"],
    }
}
X_FRAME_OPTIONS = "DENY"
SECURE_REFERRER_POLICY = "same-origin"
SECURE_HSTS_SECONDS = 365 * 24 * 3600 if ADDRESS.is_secure else 0
# Whoever listens in plain does so on purpose, and a proxy redirects by itself.
SECURE_SSL_REDIRECT = False
SILENCED_SYSTEM_CHECKS = ["security.W004", "security.W005", "security.W008", "security.W021"]

# A __Host- cookie can come from nowhere but this very host, over TLS.
_PREFIX = "__Host-" if ADDRESS.is_secure else ""
SESSION_ENGINE = "kesher.organization.session_store"
SESSION_COOKIE_NAME = f"{_PREFIX}session"
SESSION_COOKIE_AGE = int(timedelta(days=14).total_seconds())
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = LANGUAGE_COOKIE_SECURE = ADDRESS.is_secure
CSRF_COOKIE_NAME = f"{_PREFIX}csrf"
CSRF_COOKIE_HTTPONLY = LANGUAGE_COOKIE_HTTPONLY = True
LANGUAGE_COOKIE_NAME = "language"
LANGUAGE_COOKIE_SAMESITE = "Lax"
# The cookie fallback would leave names of customers in the browser.
MESSAGE_STORAGE = "django.contrib.messages.storage.session.SessionStorage"

# ---- sign-in

AUTH_USER_MODEL = "organization.Member"
AUTHENTICATION_BACKENDS = ["kesher.organization.signed_in.SignedIn"]
PASSWORD_HASHERS = [
    "django.contrib.auth.hashers.Argon2PasswordHasher",
    "django.contrib.auth.hashers.PBKDF2PasswordHasher",
]
_VALIDATION = "django.contrib.auth.password_validation"
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": f"{_VALIDATION}.MinimumLengthValidator", "OPTIONS": {"min_length": 10}},
    {"NAME": f"{_VALIDATION}.CommonPasswordValidator"},
    {
        "NAME": f"{_VALIDATION}.UserAttributeSimilarityValidator",
        "OPTIONS": {"user_attributes": ("email", "name")},
    },
]
LOGIN_URL = "account_login"
LOGIN_REDIRECT_URL = "/"
ACCOUNT_ADAPTER = "kesher.web.signin.SignInAdapter"
ACCOUNT_LOGIN_METHODS = {"email"}
ACCOUNT_SIGNUP_FIELDS = ["email*", "password1*", "password2*"]
ACCOUNT_USER_MODEL_USERNAME_FIELD = None
ACCOUNT_EMAIL_VERIFICATION = "none"
ACCOUNT_LOGOUT_REDIRECT_URL = LOGIN_URL
ACCOUNT_EMAIL_SUBJECT_PREFIX = ""
ACCOUNT_EMAIL_UNKNOWN_ACCOUNTS = False
ACCOUNT_EMAIL_NOTIFICATIONS = True
ACCOUNT_LOGIN_ON_PASSWORD_RESET = True
ACCOUNT_RATE_LIMITS = {
    # Wrong passwords: of one person from one place, of everybody from one place, of one person.
    "sign_in_here": "5/15m/key",
    "sign_in_address": "20/15m/ip",
    "sign_in_account": "50/15m/key",
    "login": "60/m/ip",
    # Wrong codes of the second step.
    "login_failed": "5/15m/key",
}
PASSWORD_RESET_TIMEOUT = int(timedelta(hours=2).total_seconds())
MFA_ADAPTER = "kesher.web.signin.SecondStepAdapter"
MFA_SUPPORTED_TYPES = ["totp", "webauthn", "recovery_codes"]
MFA_PASSKEY_LOGIN_ENABLED = True
MFA_TOTP_ISSUER = "Kesher"
MFA_WEBAUTHN_ALLOW_INSECURE_ORIGIN = ADDRESS.is_local and not ADDRESS.is_secure

# ---- log

LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {"line": {"()": "kesher.config.log.OneLine"}},
    "handlers": {"console": {"class": "logging.StreamHandler", "formatter": "line"}},
    "root": {"handlers": ["console"], "level": "INFO"},
    "loggers": {
        "django": {"handlers": [], "level": "WARNING", "propagate": True},
        "django.request": {"level": "ERROR"},
        "django_tasks": {"level": "WARNING"},
    },
}
