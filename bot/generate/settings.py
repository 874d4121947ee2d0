"""Reading the settings of a generator: what is missing is named with its variable."""

from urllib.parse import urlsplit

from pydantic import SecretStr

from kb.errors import ConfigurationError


def needed(value: str | SecretStr | None, what: str, variable: str) -> str:
    """The plain value. Raises ConfigurationError where there is none."""
    plain = value.get_secret_value() if isinstance(value, SecretStr) else value
    if not plain:
        raise ConfigurationError(f"no {what}", hint=f"set {variable}")
    return plain


def address(url: str, variable: str) -> str:
    """The host of an http address."""
    parts = urlsplit(url)
    if parts.scheme not in ("http", "https") or not parts.hostname:
        raise ConfigurationError(f"{url!r} is no http address", hint=f"set {variable}")
    return parts.hostname
