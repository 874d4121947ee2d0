"""Every error that Steelyard raises on purpose, in one tree.

::

    SteelyardError                what a person may read: what was wrong, where, what to do
    ├── ConfigurationError        a setting, data file or model is wrong          (exit 4)
    │   ├── ModelMismatch         stored vectors belong to another embedding model
    │   └── BadDataFile           a shipped or given YAML/OPML file: names file, entry, field
    ├── NotFound                  no such source, thread, fact ...                (exit 3)
    ├── Conflict                  it is there already (a duplicate source ...)    (exit 2)
    ├── NotAllowed                only admins may do this                         (exit 2)
    ├── BadInput                  a caller's value cannot be used                 (exit 2)
    ├── StoreError                the database refused or is unreachable
    ├── FetchError                reading a source failed; `transient` says whether to try again
    │   ├── Unreachable           no connection: a name that does not resolve, a host that does not answer
    │   ├── RefusedAddress        a private or otherwise forbidden address
    │   ├── TooLarge              over a cap of size, decompressed size or time
    │   ├── RobotsDenied          robots.txt asks us not to
    │   └── HttpStatus            an HTTP status that is no success; carries `status`, `retry_after_s`
    ├── Cancelled                 who asked wants no answer any more, or another worker has the question
    ├── ParseError                a body arrived but is no feed or page that we can read
    └── ServiceError              an outside service (Slack, a generator); `transient` as above
        └── GenerationError       a generator failed, timed out or was cancelled
            ├── GeneratorBusy     asked too often, overloaded or down; carries `retry_after_s`
            ├── GeneratorRefused  its provider blocked the question or the answer
            ├── PromptTooLong     more text than the model reads
            └── BudgetSpent       the day's tokens or dollars are used up; it is not asked

An edge (a door, the scheduler) turns these into words; nothing inside swallows them. What is not in
this tree is a defect of ours: the edge logs it under a reference id and says only that id.
"""


class SteelyardError(Exception):
    """Base of all; `str(error)` is fit for a user's eyes. `hint` says what to do next."""

    exit_code = 1

    def __init__(self, message: str, *, hint: str = "") -> None:
        super().__init__(message)
        self.hint = hint


class ConfigurationError(SteelyardError):
    exit_code = 4


class ModelMismatch(ConfigurationError):
    """Vectors in the database were made by another model than the one in the settings."""


class BadDataFile(ConfigurationError):
    """A data file breaks its schema; names the file, the entry and the field."""

    def __init__(self, file: str, entry: str, field: str, problem: str) -> None:
        super().__init__(f"{file}: {entry}: {field}: {problem}")
        self.file, self.entry, self.field, self.problem = file, entry, field, problem


class NotFound(SteelyardError):
    exit_code = 3


class Conflict(SteelyardError):
    exit_code = 2


class BadInput(SteelyardError):
    exit_code = 2


class NotAllowed(SteelyardError):
    """Only admins may do this; says in mrkdwn of the door who they are."""

    exit_code = 2


class StoreError(SteelyardError):
    """The database refused a statement or cannot be reached."""


class FetchError(SteelyardError):
    """Reading a source failed. `transient`: trying again later may succeed."""

    exit_code = 5

    def __init__(self, message: str, *, transient: bool = True, hint: str = "") -> None:
        super().__init__(message, hint=hint)
        self.transient = transient


class Unreachable(FetchError):
    """No connection came about. When every host is unreachable, the trouble is our own network."""


class RefusedAddress(FetchError):
    def __init__(self, message: str, *, hint: str = "") -> None:
        super().__init__(message, transient=False, hint=hint)


class TooLarge(FetchError):
    def __init__(self, message: str, *, hint: str = "") -> None:
        super().__init__(message, transient=False, hint=hint)


class RobotsDenied(FetchError):
    def __init__(self, message: str, *, hint: str = "") -> None:
        super().__init__(message, transient=False, hint=hint)


class HttpStatus(FetchError):
    """`retry_after_s`: seconds the server asked us to stay away, None if it did not say."""

    def __init__(self, status: int, url: str, *, retry_after_s: float | None = None) -> None:
        transient = status >= 500 or status in (408, 425, 429)
        super().__init__(f"HTTP {status} from {url}", transient=transient)
        self.status = status
        self.retry_after_s = retry_after_s


class Cancelled(SteelyardError):
    """Work was given up because its `cancel` was set; nothing of it is kept."""


class ParseError(SteelyardError):
    """A body arrived, but it is no feed or page that we can read."""

    exit_code = 5


class ServiceError(SteelyardError):
    """An outside service failed. `transient`: trying again later may succeed."""

    exit_code = 5

    def __init__(self, message: str, *, transient: bool = True, hint: str = "") -> None:
        super().__init__(message, hint=hint)
        self.transient = transient


class GenerationError(ServiceError):
    """A generator failed, timed out or was cancelled."""


class GeneratorBusy(GenerationError):
    """It may do it later. `retry_after_s`: seconds it asked us to stay away, None if it did not say."""

    def __init__(self, message: str, *, retry_after_s: float | None = None) -> None:
        super().__init__(message)
        self.retry_after_s = retry_after_s


class GeneratorRefused(GenerationError):
    def __init__(self, message: str) -> None:
        super().__init__(message, transient=False)


class PromptTooLong(GenerationError):
    def __init__(self, message: str) -> None:
        super().__init__(message, transient=False)


class BudgetSpent(GenerationError):
    def __init__(self, message: str) -> None:
        super().__init__(message, transient=False)
