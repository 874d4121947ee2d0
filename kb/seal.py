"""Secrets at rest: sealed with the first of the operator's keys, opened with any of them.

Fernet (AES-128 in CBC with HMAC-SHA256, https://github.com/fernet/spec). To change keys, put a new one first, reseal
what is stored, then take the old one out.
"""

from collections.abc import Sequence

from kb.errors import ConfigurationError

HINT = "make a key with `steelyard slack key` and set STEELYARD_SECRET_KEYS (comma separated; the first one seals)"


def new_key() -> str:
    """A fresh random key, as it goes into STEELYARD_SECRET_KEYS."""
    from cryptography.fernet import Fernet

    return Fernet.generate_key().decode()


def split_keys(given: str) -> list[str]:
    return [key.strip() for key in given.split(",") if key.strip()]


class Seal:
    """Seals and opens short texts. No error of its own names a key or a sealed text."""

    def __init__(self, keys: Sequence[str]) -> None:
        from cryptography.fernet import Fernet, MultiFernet

        if not keys:
            raise ConfigurationError("no secret key: tokens would be stored in the clear", hint=HINT)
        fernets = []
        for number, key in enumerate(keys, start=1):
            try:
                fernets.append(Fernet(key))
            except ValueError as error:
                raise ConfigurationError(f"STEELYARD_SECRET_KEYS: key {number} is no key", hint=HINT) from error
        self._first, self._all = fernets[0], MultiFernet(fernets)

    def seal(self, text: str) -> str:
        return self._all.encrypt(text.encode()).decode()

    def open(self, sealed: str) -> str:
        """ConfigurationError where none of the keys fits."""
        from cryptography.fernet import InvalidToken

        try:
            return self._all.decrypt(sealed).decode()
        except InvalidToken as error:
            raise ConfigurationError(
                "a stored secret opens with none of the secret keys",
                hint="put the key that sealed it back into STEELYARD_SECRET_KEYS, or install the app again",
            ) from error

    def reseal(self, sealed: str) -> str:
        """The same text under the first key."""
        return self.seal(self.open(sealed))

    def is_newest(self, sealed: str) -> bool:
        """Whether the first key sealed it, so that the others are not needed for it."""
        from cryptography.fernet import InvalidToken

        try:
            self._first.decrypt(sealed)
        except InvalidToken:
            return False
        return True
