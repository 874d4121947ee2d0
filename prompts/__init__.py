"""Prompts are data: `prompts/<name>.md` with front matter (version, variables), a `# system` and a `# user` part.

Jinja2 fills them in; an undeclared, unused or missing variable is an error. What a variable holds is data, never
instructions: `{{ value | fenced }}` puts it between marks that the value itself cannot contain.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

from kb.errors import BadDataFile, BadInput

__all__ = ["Prompt", "Template", "load", "names"]

FOLDER = Path(__file__).parent
OPEN, CLOSE = "<<<", ">>>"

_PARTS = re.compile(r"\A---\n(?P<head>.*?)\n---\n\s*# system\n(?P<system>.*?)\n# user\n(?P<user>.*)\Z", re.S)


@dataclass(frozen=True, slots=True)
class Prompt:
    """What a generator is asked."""

    system: str
    user: str


@dataclass(frozen=True, slots=True)
class Template:
    """A checked prompt file."""

    name: str
    version: int
    variables: frozenset[str]
    system: str
    user: str

    def render(self, **values: object) -> Prompt:
        """Fill in every declared variable, and no other."""
        if values.keys() != self.variables:
            raise BadInput(f"prompt {self.name} wants {sorted(self.variables)}, was given {sorted(values)}")
        system, user = (_environment().from_string(part).render(values).strip() for part in (self.system, self.user))
        return Prompt(system, user)


def names() -> list[str]:
    return sorted(path.stem for path in FOLDER.glob("*.md"))


@cache
def load(name: str) -> Template:
    """The shipped prompt of that name."""
    return read(FOLDER / f"{name}.md")


def read(file: Path) -> Template:
    """Read and check a prompt file; BadDataFile names what is wrong."""
    try:
        parts = _PARTS.match(file.read_text("utf-8"))
    except (OSError, UnicodeDecodeError) as error:
        raise BadDataFile(str(file), "file", "text", str(error)) from error
    if parts is None:
        raise BadDataFile(str(file), "file", "layout", "front matter, then '# system', then '# user'")
    head = _head(file, parts["head"])
    declared, used = frozenset(head["variables"]), _used(file, parts["system"]) | _used(file, parts["user"])
    if declared != used:
        raise BadDataFile(str(file), "variables", ", ".join(sorted(declared ^ used)), "declared and used ones differ")
    return Template(file.stem, head["version"], declared, parts["system"], parts["user"])


def fenced(value: object) -> str:
    """`value` between marks; marks inside it lose their meaning."""
    inside = str(value).replace(OPEN, "‹‹‹").replace(CLOSE, "›››")
    return f"{OPEN}\n{inside}\n{CLOSE}"


def _head(file: Path, text: str) -> Mapping[str, Any]:
    import yaml

    try:
        head = yaml.safe_load(text)
    except yaml.YAMLError as error:
        raise BadDataFile(str(file), "front matter", "yaml", str(error)) from error
    if not isinstance(head, dict) or head.keys() != {"version", "variables"}:
        raise BadDataFile(str(file), "front matter", "keys", "version and variables, nothing else")
    if not isinstance(head["version"], int) or not isinstance(head["variables"], list):
        raise BadDataFile(str(file), "front matter", "types", "version is a number, variables is a list")
    return head


def _used(file: Path, source: str) -> set[str]:
    from jinja2 import TemplateError, meta

    try:
        return meta.find_undeclared_variables(_environment().parse(source))
    except TemplateError as error:
        raise BadDataFile(str(file), "template", "syntax", str(error)) from error


@cache
def _environment() -> Any:
    from jinja2 import StrictUndefined
    from jinja2.sandbox import SandboxedEnvironment

    environment = SandboxedEnvironment(undefined=StrictUndefined, autoescape=False, trim_blocks=True)
    environment.filters["fenced"] = fenced
    return environment
