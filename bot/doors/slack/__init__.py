"""The Slack door: Bolt listeners in, rendered answers out. It decides nothing."""

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from bot.doors.slack.deliver import slack_door as slack_door
    from bot.doors.slack.doctor import check_slack as check_slack
    from bot.doors.slack.run import run_slack as run_slack

__all__ = ["check_slack", "run_slack", "slack_door"]


def __getattr__(name: str) -> object:
    """Load what is asked for: `doctor` need not import the door, nor a test of rendering the workers."""
    from importlib import import_module

    homes = {"run_slack": "run", "slack_door": "deliver", "check_slack": "doctor"}
    if name not in homes:
        raise AttributeError(name)
    return getattr(import_module(f"{__name__}.{homes[name]}"), name)
