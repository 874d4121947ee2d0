"""What a person reads while installing. Pure; every value is escaped."""

from html import escape
from typing import Literal, get_args
from urllib.parse import quote

from bot.doors.slack.install import INSTALL_PATH
from bot.generate import destinations
from kb.settings import Settings

Reason = Literal[
    "access_denied", "invalid_browser", "invalid_state", "missing_code", "invalid_code", "storage_error", "unavailable"
]

_WORDS: dict[str, str] = {
    "access_denied": "Nothing was installed: the request was declined in Slack.",
    "invalid_browser": "This page belongs to an installation begun in another browser, or its cookie is gone. "
    "Cookies are only kept for https addresses.",
    "invalid_state": "This installation took longer than ten minutes, or its link was used already.",
    "missing_code": "Slack sent no code along, so there is nothing to finish.",
    "invalid_code": "Slack did not accept the code of this installation. If starting again does not help, the client "
    "id or secret of this Steelyard is wrong: its operator should compare them with the app's Basic Information page.",
    "storage_error": "Steelyard is installed into one workspace at a time, with a bot user; not into a whole "
    "organisation.",
    "unavailable": "Slack or our database could not be reached just now.",
}
_UNKNOWN = "Slack refused the installation."

_STYLE = """
body{font:16px/1.5 system-ui,sans-serif;color:#1d1c1d;background:#fff;max-width:40rem;margin:3rem auto;padding:0 1rem}
a.go{display:inline-block;background:#2b3a42;color:#fff;padding:.7rem 1.2rem;border-radius:.4rem;text-decoration:none}
li{margin:.3rem 0}small{color:#555}"""


def install_page(authorize_url: str, settings: Settings) -> str:
    """Where a person begins: what will be seen, and where it goes."""
    told = "".join(f"<li>{escape(line)}</li>" for line in where_answers_go(settings))
    return _document(
        "Add Steelyard to Slack",
        "<p>Open or closed model? A decision you can defend, with a dated source for every sentence. "
        "Steelyard is an automated assistant.</p>"
        f"<h2>Where questions and answers go</h2><ul>{told}</ul>"
        f'<p><a class="go" href="{escape(authorize_url)}">Add to Slack</a></p>'
        "<p><small>Slack shows next what Steelyard asks to be allowed.</small></p>",
    )


def where_answers_go(settings: Settings) -> list[str]:
    """Who sees an answer, where it is kept and for how long, and what leaves this machine."""
    days = settings.retention_days
    kept = f"for {days} days" if days else "until the app is uninstalled, or for as long as an admin of yours says"
    return [
        "An answer appears in the thread where the question was asked; one to a slash command is seen by you alone.",
        f"Questions and answers are kept in this server's database {kept}. No other workspace sees them, and "
        "uninstalling deletes them.",
        _generator(settings),
    ]


def _generator(settings: Settings) -> str:
    away = {name: host for name, host in destinations(settings).items() if host}
    if host := away.get(settings.generator):
        return f"The question and the sentences found for it are sent to a language model at {host} to be reworded."
    here = "No language model is asked" if settings.generator == "composer" else "A language model here rewords answers"
    if away:
        hosts = " or ".join(sorted(away.values()))
        return f"{here}. An admin of yours may choose the language model at {hosts}; questions are then sent there."
    return f"{here}: nothing is sent to anyone but Slack."


def installed_page(team: str, team_id: str, app_id: str, lacking: list[str]) -> str:
    """The end of an installation. `lacking`: scopes that were not granted."""
    open_in_slack = f"https://slack.com/app_redirect?app={quote(app_id)}&team={quote(team_id)}"
    without = (
        f"<p>Not granted: {escape(', '.join(lacking))}. What needs them stays quiet until you install again.</p>"
        if lacking
        else ""
    )
    return _document(
        f"Steelyard is in {team}",
        "<p>Invite it to a channel with <code>/invite @Steelyard</code> and mention it, or write to it directly. "
        "In a channel it always answers in the thread.</p>"
        f'{without}<p><a class="go" href="{escape(open_in_slack)}">Open in Slack</a></p>',
    )


def failed_page(reason: str, reference: str = "") -> str:
    """Words for a reason of the flow, or of Slack."""
    words = _WORDS.get(reason, _UNKNOWN)
    noted = f"<p><small>Reference: {escape(reference)}</small></p>" if reference else ""
    said = "" if reason in get_args(Reason) else f"<p><small>Slack said: {escape(reason[:100])}</small></p>"
    return _document(
        "Steelyard was not installed",
        f'<p>{escape(words)}</p><p><a class="go" href="{INSTALL_PATH}">Start again</a></p>{said}{noted}',
    )


def _document(title: str, body: str) -> str:
    return (
        f'<!doctype html><html lang="en"><head><meta charset="utf-8"><title>{escape(title)}</title>'
        f'<meta name="viewport" content="width=device-width"><style>{_STYLE}</style></head>'
        f"<body><h1>{escape(title)}</h1>{body}</body></html>"
    )
