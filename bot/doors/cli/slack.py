"""`steelyard slack`: the keys that seal tokens, the workspaces that installed us, how long things are kept."""

from typing import Annotated

import typer

from bot.doors.cli.admin import administration, who
from bot.doors.cli.edge import out, say, settings_for_command
from kb.errors import NotFound

app = typer.Typer(help="Workspaces, their sealed tokens, and how long their questions are kept.", no_args_is_help=True)


@app.command()
def key() -> None:
    """Make a key for STEELYARD_SECRET_KEYS. It is shown once and stored nowhere."""
    from kb.seal import new_key

    out.print(new_key(), markup=False)


@app.command()
def rekey() -> None:
    """Put every stored token under the first of STEELYARD_SECRET_KEYS; afterwards the other keys may go."""
    from bot.doors.slack.install import reseal_all, seal_of
    from bot.wire import opened_store

    settings = settings_for_command()
    seal = seal_of(settings)
    with opened_store(settings, say) as store:
        moved, of = reseal_all(store, seal)
    out.print(f"{moved} of {of} stored tokens are now under the first key; the other keys are not needed any more.")


@app.command()
def workspaces() -> None:
    """List the workspaces that installed Steelyard."""
    from bot.retention import days_kept
    from bot.wire import opened_store

    settings = settings_for_command()
    with opened_store(settings, say) as store:
        rows = store.installations.list()
        for row in rows:
            days = days_kept(store, settings, row.workspace_id)
            kept = f"kept {days} days" if days else "kept for good"
            since = f"installed {row.installed_at:%Y-%m-%d} by {row.installed_by}"
            out.print(f"{row.workspace_id}  {row.name}  {since}, {kept}", markup=False)
    if not rows:
        out.print("No workspace has installed Steelyard by OAuth.")


@app.command()
def forget(
    workspace: Annotated[str, typer.Argument(metavar="WORKSPACE", help="its id, T...")],
    yes: Annotated[bool, typer.Option("--yes", help="do not ask")] = False,
) -> None:
    """Delete a workspace's tokens and everything that it caused, as uninstalling does. There is no way back."""
    from bot.retention import forget_leavers
    from bot.wire import opened_store
    from kb.types import utc_now

    with opened_store(settings_for_command(), say) as store:
        if store.installations.get(workspace) is None and workspace not in store.erase.workspaces():
            raise NotFound(f"nothing is stored of {workspace}", hint="`steelyard slack workspaces` lists them")
        if not yes:
            typer.confirm(f"Delete everything of {workspace}?", abort=True)
        store.erase.leave(workspace, left_at=utc_now())
        forget_leavers(store)
    out.print(f"{workspace} is forgotten; what was still being written is deleted within the hour.")


@app.command()
def retention(
    days: Annotated[int | None, typer.Argument(metavar="[DAYS]", help="0: for good")] = None,
    workspace: Annotated[str, typer.Option(help="its id; without it, for all that set none")] = "",
) -> None:
    """Show or set for how many days questions, answers, decisions and feedback are kept."""
    from bot.retention import days_kept

    settings = settings_for_command()
    with administration() as admin:
        if days is not None:
            admin.set_retention(who(workspace), days or None)
        kept = days_kept(admin.store, settings, workspace or None)
    out.print(f"kept {kept} days" if kept else "kept for good")
