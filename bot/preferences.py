"""What a workspace chose, kept in the settings table and typed here. A channel's choice hides its workspace's.

Scopes are `WORKSPACE` and `channel(id)`. Values that cannot be read (an older or a hand-made row) count as not chosen.
"""

from typing import Annotated, TypeVar
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, TypeAdapter, ValidationError

from kb.store.settings import SettingStore
from kb.types import Topic

WORKSPACE = "workspace"
_CHANNEL = "channel:"
_WEEKDAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")

GENERATOR = "generator"
GENERATOR_TOKENS = "generator_tokens"
DIGEST = "digest"
RETENTION_DAYS = "retention_days"
FOLLOW_UPS = "follow_ups"

LEAST_RETENTION_DAYS = 7

_T = TypeVar("_T")


def _known_zone(name: str) -> str:
    try:
        ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError, OSError):
        raise ValueError(f"{name!r} is no time zone such as Europe/Berlin") from None
    return name


class Digest(BaseModel):
    """A channel's digest. `hour` is local to `time_zone`; no `topics`: all; `previewed`: an admin saw one first."""

    model_config = ConfigDict(frozen=True, extra="ignore", defer_build=True)

    on: bool = False
    weekday: int = Field(default=0, ge=0, le=6)  # 0 is Monday
    hour: int = Field(default=9, ge=0, le=23)
    time_zone: Annotated[str, AfterValidator(_known_zone)] = "UTC"
    topics: tuple[Topic, ...] = ()
    previewed: bool = False

    @property
    def words(self) -> str:
        if not self.on:
            return "off"
        topics = f", {', '.join(topic.value for topic in self.topics)}" if self.topics else ""
        return f"{_WEEKDAYS[self.weekday]} at {self.hour}:00, {self.time_zone}{topics}"


Name = Annotated[str, Field(min_length=1, max_length=60)]
Tokens = Annotated[int, Field(ge=1_000, le=10**12)]
Days = Annotated[int, Field(ge=LEAST_RETENTION_DAYS, le=3_650)]


def channel(channel_id: str) -> str:
    """The scope of a channel."""
    return f"{_CHANNEL}{channel_id}"


class Preferences:
    """Of one workspace (None: the terminal's). Reads fall back from channel to workspace; writes say where."""

    def __init__(self, settings: SettingStore, workspace_id: str | None) -> None:
        self._settings = settings
        self._workspace_id = workspace_id

    def generator(self, channel_id: str = "") -> str | None:
        """The channel's, else the workspace's; None: nobody chose."""
        return self._nearest(channel_id, GENERATOR, TypeAdapter(Name))

    def generator_tokens(self) -> int | None:
        """The most tokens a day that the workspace's admins want; None: what the settings allow."""
        return self._read(WORKSPACE, GENERATOR_TOKENS, TypeAdapter(Tokens))

    def digest(self, channel_id: str) -> Digest | None:
        return self._read(channel(channel_id), DIGEST, TypeAdapter(Digest))

    def retention_days(self) -> int | None:
        """None: for good."""
        return self._read(WORKSPACE, RETENTION_DAYS, TypeAdapter(Days))

    def follow_ups(self, channel_id: str = "") -> bool | None:
        """Whether a thread of ours is answered without a mention; None: nobody chose."""
        return self._nearest(channel_id, FOLLOW_UPS, TypeAdapter(bool))

    def channels(self, key: str) -> dict[str, str]:
        """The raw values of `key` by channel id, of the channels that have one."""
        found = self._settings.by_scope(_CHANNEL, key, workspace_id=self._workspace_id)
        return {scope.removeprefix(_CHANNEL): value for scope, value in found.items()}

    def digests(self) -> dict[str, Digest]:
        """By channel id."""
        found = {name: self.digest(name) for name in self.channels(DIGEST)}
        return {name: digest for name, digest in found.items() if digest is not None}

    def put(self, scope: str, key: str, value: object) -> None:
        """Keep a value; None forgets it. The caller has checked it."""
        text = None if value is None else _text(value)
        self._settings.put(scope, key, text, workspace_id=self._workspace_id)

    def _nearest(self, channel_id: str, key: str, kind: "TypeAdapter[_T]") -> _T | None:
        own = self._read(channel(channel_id), key, kind) if channel_id else None
        return self._read(WORKSPACE, key, kind) if own is None else own

    def _read(self, scope: str, key: str, kind: "TypeAdapter[_T]") -> _T | None:
        raw = self._settings.get(scope, key, workspace_id=self._workspace_id)
        try:
            return None if raw is None else kind.validate_json(raw)
        except ValidationError:
            return None


def _text(value: object) -> str:
    return TypeAdapter(type(value)).dump_json(value).decode()
