"""Values of config vars that can't be used, for each of them."""

from pathlib import Path

from django.conf import settings

ROOT: Path = settings.ROOT
CONFIG_VARS = ROOT / "chatapp" / "config_vars.py"
KEY = "k" * 64
DYNO = {"DYNO": "web.1", "SECRET_KEY": KEY, "DATABASE_URL": "postgres://u:p@db.example.com/d"}
BUCKET = {"AWS_ACCESS_KEY_ID": "key", "AWS_SECRET_ACCESS_KEY": "secret", "AWS_REGION": "eu-west-1"}
BUCKETEER = {
    "BUCKETEER_AWS_ACCESS_KEY_ID": "key",
    "BUCKETEER_AWS_SECRET_ACCESS_KEY": "secret",
    "BUCKETEER_AWS_REGION": "eu-west-1",
}
PASSWORD = "pa55word"
OIDC = {
    "CHAT_OIDC_ISSUER": "https://login.example.com",
    "CHAT_OIDC_CLIENT_ID": "chat",
    "CHAT_OIDC_CLIENT_SECRET": "pa55word",
}

NONSENSE: dict[str, list[str]] = {
    "INFERENCE_URL": [
        "not a url",
        "ftp://host",
        "https://h:port",
        "https://",
        "https://u:p@h",
        "https://u:pa55word",
        "https://u:pa55word@h\u2100",
    ],
    "INFERENCE_KEY": ["inf-ä", "two words", "a\nb"],
    "INFERENCE_MODEL_ID": ["two\nlines"],
    "DATABASE_URL": [
        "chat.sqlite3",
        "mysql://u:pa55word@h/d",
        "postgres://u:pa55word@h:port/d",
        "postgres://u:pa55word@h:99999/d",
        "postgres://u:pa55word@not a host/d",
        "postgres://",
        "postgres://u:pa55word@h",
        "postgres://[::1/d",
        "postgres://u:pa55word@h/d?timeout=3",
        "postgres://u:pa55word@h/d?connect_timeout=soon",
        "postgres://u:pa55word@h/d?pool=true",
        "sqlite://",
        "sqlite://:memory:",
    ],
    "SECRET_KEY": ["x", "k" * 11],
    "CHAT_SETUP_CODE": ["letmein"],
    "EMAIL_URL": [
        "mail.example.com",
        "smtp://u:pa55word@host:abc",
        "smtp://u:pa55word@host:0",
        "smtp://",
        "imap://host",
        "smtp://[::1",
    ],
    "CHAT_MODELS": ["not json", "[]", "{}", '[{"id": 1}]', '[{"id": "a", "vision": 2}]'],
    "CHAT_INFERENCE_ATTACHMENT": ["second one", "lower"],
    "CHAT_PROMPT_CACHING": ["perhaps", ""],
    "CHAT_SHARING": ["perhaps", ""],
    "CHAT_TIME_ZONE": ["Nowhere", "../etc/passwd", "Europe/", "UTC+1", "/etc/localtime"],
    "CHAT_HTTP_TRANSPORT": ["carrier pigeon"],
    "CHAT_DOCUMENT_QUOTA_PERSON_MB": ["many", "0"],
    "CHAT_DOCUMENT_QUOTA_TOTAL_MB": ["many", "0"],
    "CHAT_IMAGE_DELIVERY": ["both"],
    "CHAT_PUBLIC_ORIGIN": [
        "chat.example.com",
        "https://a:b",
        "https://a/b",
        "https://[",
        "https://a b",
    ],
    "CHAT_IMAGE_QUOTA_PERSON_MB": ["many", "0", "-1"],
    "CHAT_IMAGE_QUOTA_TOTAL_MB": ["many", "0", "1.5"],
    "CHAT_IMAGE_STORE": ["s3"],
    "CHAT_BUCKET_FOLDER": ["a\nb"],
    "CHAT_DATABASE_POOL_SIZE": ["0", "-3", "four"],
    "CHAT_DATABASE_SIZE_MB": ["-1", "1 GB"],
    "REDIS_URL": [
        "localhost:6379",
        "redis://:pa55word@host:port",
        "redis://not a host",
        "redis://:pa55word@host?timeout=3",
        "redis://:pa55word@host?db=pa55word",
    ],
    "WEB_WORKERS": ["0", "-1", "two", "100000"],
    "PORT": ["eighty", "-1", "0", "99999", ""],
    "CHAT_HAND_OVER_SECONDS": ["-1", "soon", "nan", "inf"],
    "CHAT_LOG_LEVEL": ["loud", ""],
    "CHAT_TRUSTED_PROXIES": ["-1", "two", "11"],
    "ALLOWED_HOSTS": [
        "http://chat.example.com",
        "chat.example.com:8000",
        "a b",
        "a.example;b.example",
    ],
    "CHAT_SITE_NAME": ["x" * 41, "two\nlines"],
    "CHAT_EMAIL_FROM": ["Chat", "chat@", "@example.com", "a@b.example\nBcc: c@d.example"],
    "CHAT_OIDC_ISSUER": [
        "login.example.com",
        "http://login.example.com",
        "https://",
        "https://a:b",
        "https://u:pa55word@h",
        "https://login.example.com/?tenant=1",
        "https://login.example.com/" + "x" * 200,
    ],
    "CHAT_OIDC_CLIENT_ID": ["two\nlines", "ä"],
    "CHAT_OIDC_CLIENT_SECRET": ["two\nlines", "pa55wörd"],
    "CHAT_OIDC_NAME": ["x" * 41, "two\nlines"],
    "CHAT_OIDC_ALLOWED_DOMAINS": ["example", "a b.example", "anna@example.com"],
    "CHAT_OIDC_DEFAULT_ROLE": ["owner", "admin", ""],
    "CHAT_PASSWORDS": ["perhaps", ""],
    "CHAT_TOOLS": ["nonsense", "calculate,nonsense"],
    "CHAT_WEATHER_URL": ["api.example.com", "https://a:b", ""],
    "CHAT_GEOCODING_URL": ["ftp://a.example", "https://a b"],
    "CHAT_DEMO_RATE": ["fast", "-1", "nan"],
    "AWS_S3_BUCKET": ["no bucket", "s3://bucket"],
    "AWS_REGION": ["not a region"],
    "AWS_ENDPOINT_URL_S3": ["storage.example.com", "https://a b", "https://a:b"],
    "AWS_ENDPOINT_URL": ["storage.example.com"],
    "AWS_ACCESS_KEY_ID": ["two words"],
    "AWS_SECRET_ACCESS_KEY": ["two words"],
    "BUCKETEER_BUCKET_NAME": ["no bucket"],
    "BUCKETEER_AWS_REGION": ["not a region"],
    "DYNO_RAM": ["much"],
}
# Any text is right for these, or they name something whose values are tried above.
ANY_TEXT = {
    "DYNO",
    "CI",
    "HEROKU_APP_DEFAULT_DOMAIN_NAME",
    "HEROKU_SLUG_COMMIT",
    "HEROKU_RELEASE_VERSION",
    "BUCKETEER_…",
}
CONTRADICTIONS: list[tuple[dict[str, str], str]] = [
    ({"WEB_WORKERS": "3"}, "WEB_WORKERS=3 needs REDIS_URL"),
    ({"CHAT_IMAGE_STORE": "bucket"}, "CHAT_IMAGE_STORE is bucket, and no bucket is configured"),
    ({"CHAT_IMAGE_DELIVERY": "link"}, "CHAT_IMAGE_DELIVERY=link needs CHAT_PUBLIC_ORIGIN"),
    ({"CHAT_PASSWORDS": "false"}, "CHAT_PASSWORDS=false needs CHAT_OIDC_ISSUER"),
    ({"CHAT_OIDC_CLIENT_ID": "chat"}, "CHAT_OIDC_CLIENT_ID also needs CHAT_OIDC_ISSUER"),
    (
        {"CHAT_OIDC_ISSUER": "https://a.example", "CHAT_OIDC_CLIENT_ID": "chat"},
        "CHAT_OIDC_ISSUER also needs CHAT_OIDC_CLIENT_SECRET",
    ),
    ({"AWS_S3_BUCKET": "mine"}, "AWS_S3_BUCKET also needs AWS_ACCESS_KEY_ID"),
    ({"BUCKETEER_BUCKET_NAME": "mine"}, "BUCKETEER_BUCKET_NAME also needs BUCKETEER_AWS_"),
    (
        {"CHAT_INFERENCE_ATTACHMENT": "SECOND", "SECOND_URL": "ftp://host"},
        "SECOND_URL must look like",
    ),
    ({"CHAT_INFERENCE_ATTACHMENT": "SECOND", "SECOND_KEY": "ä"}, "SECOND_KEY contains"),
    (
        {"CHAT_INFERENCE_ATTACHMENT": "SECOND", "SECOND_MODEL_ID": "a\nb"},
        "SECOND_MODEL_ID must be",
    ),
]


def surroundings(name: str) -> dict[str, str]:
    """Return what must be set for the config var to be looked at."""
    if name.startswith("BUCKETEER_"):
        return {**BUCKETEER, "BUCKETEER_BUCKET_NAME": "mine"}
    if name.startswith("CHAT_OIDC_"):
        return OIDC
    return {**BUCKET, "AWS_S3_BUCKET": "mine"} if name.startswith(("AWS_", "CHAT_BUCKET")) else {}
