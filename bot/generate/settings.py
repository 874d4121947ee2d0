"""Reading the settings of a generator: what is missing is named with its variable."""

from dataclasses import dataclass, field
from urllib.parse import urlsplit

from pydantic import SecretStr

from bot.generate.line import Switchboard, broken
from bot.generate.remote import scrubbed
from kb.errors import ConfigurationError, GenerationError, SteelyardError


@dataclass
class Account:
    """Whom an SDK that speaks through our `httpx2` client asks, for what model, with which key."""

    url: str
    host: str
    model: str
    key: str
    board: Switchboard = field(default_factory=Switchboard, init=False)

    def unanswered(self, error: Exception, late: type[Exception], lost: type[Exception]) -> SteelyardError:
        """An error that came without a status. `late`, `lost`: the SDK's classes for a time-out and a connection."""
        if isinstance(error, late):
            return GenerationError(f"{self.host} did not answer in time", transient=False)
        if isinstance(error, lost):
            return GenerationError(f"the connection to {self.host} failed")
        said = scrubbed(str(error), self.key)
        return broken(self.host, error) or GenerationError(f"{self.host} broke off: {said}", transient=False)


def account(url: str, model: str | None, key: SecretStr | None, variables: str) -> dict[str, str]:
    """The fields of an Account; `variables` is what the settings' names begin with. Raises ConfigurationError."""
    return {
        "url": url,
        "host": address(url, f"{variables}_BASE_URL"),
        "model": needed(model, "model", f"{variables}_MODEL"),
        "key": needed(key, "API key", f"{variables}_API_KEY"),
    }


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
