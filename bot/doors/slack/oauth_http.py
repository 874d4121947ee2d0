"""The pages of an installation, served beside the events: where it begins, and where Slack sends the person back to.

GET /slack/install -> state issued, cookie set -> a page that says what goes where, and links to Slack
GET /slack/oauth_redirect -> state checked against cookie and store, used once -> code exchanged -> tokens sealed
"""

from collections.abc import Callable, Mapping
from datetime import datetime
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

import structlog
from slack_bolt import BoltRequest, BoltResponse
from slack_bolt.error import BoltError
from slack_bolt.oauth import OAuthFlow
from slack_bolt.oauth.callback_options import CallbackOptions, FailureArgs, SuccessArgs
from slack_bolt.oauth.oauth_settings import OAuthSettings
from slack_sdk.oauth import InstallationStore, OAuthStateStore
from slack_sdk.oauth.installation_store import Installation

from bot.doors.slack.client import client_with, slack_logger, translated
from bot.doors.slack.doctor import manifest_scopes, optional_scopes
from bot.doors.slack.install import INSTALL_PATH, REDIRECT_PATH, Tokens
from bot.doors.slack.install_pages import failed_page, install_page, installed_page
from bot.logs import reference_id
from kb.errors import SteelyardError
from kb.seal import Seal
from kb.settings import Settings
from kb.store import Store
from kb.store.installations import Installed

if TYPE_CHECKING:
    from bot.doors.slack.http import Page

log = structlog.get_logger("steelyard.slack")

STATE_LASTS_S = 600
# The address of a redirect carries a code: it goes to nobody else, and is kept by nobody.
HEADERS: Mapping[str, str] = {
    "content-type": "text/html; charset=utf-8",
    "cache-control": "no-store",
    "referrer-policy": "no-referrer",
    "x-content-type-options": "nosniff",
    "content-security-policy": "default-src 'none'; style-src 'unsafe-inline'; frame-ancestors 'none'",
}


class SealedInstallations(InstallationStore):
    """What the OAuth flow saves, into our store, tokens sealed."""

    def __init__(self, store: Store, seal: Seal, clock: Callable[[], datetime]) -> None:
        self._store = store
        self._seal = seal
        self._clock = clock

    def save(self, installation: Installation) -> None:
        team, token = installation.team_id, installation.bot_token
        if installation.is_enterprise_install or not team:
            raise BoltError("an installation for a whole organisation")
        if not token:
            raise BoltError("an installation without a bot token")
        expires = installation.bot_token_expires_at
        tokens = Tokens(token, installation.bot_refresh_token or "")
        self._store.installations.put(
            Installed(
                workspace_id=team,
                name=installation.team_name or team,
                app_id=installation.app_id or "",
                bot_id=installation.bot_id or "",
                bot_user_id=installation.bot_user_id or "",
                scopes=tuple(installation.bot_scopes or ()),
                sealed=tokens.sealed(self._seal, team),
                token_expires_at=None if expires is None else datetime.fromtimestamp(expires, self._clock().tzinfo),
                installed_by=installation.user_id,
                installed_at=self._clock(),
            )
        )
        log.info("installed", workspace=team, by=installation.user_id)


class States(OAuthStateStore):
    """States of installations under way, in our store."""

    def __init__(self, store: Store) -> None:
        self._store = store

    def issue(self, *args: Any, **kwargs: Any) -> str:
        return self._store.installations.issue_state(lasts_s=STATE_LASTS_S)

    def consume(self, state: str) -> bool:
        return self._store.installations.consume_state(state)


class InstallPages:
    """The two pages. `clock` is aware UTC."""

    def __init__(self, settings: Settings, store: Store, seal: Seal, clock: Callable[[], datetime]) -> None:
        self._settings = settings
        self._store = store
        self._flow = OAuthFlow(
            client=client_with(settings, None),
            logger=slack_logger(),
            settings=oauth_settings(settings, SealedInstallations(store, seal, clock), States(store), self),
        )

    def pages(self) -> "Mapping[str, Page]":
        """By path."""
        return {INSTALL_PATH: self._shown(self.begin), REDIRECT_PATH: self._shown(self._flow.handle_callback)}

    def begin(self, request: BoltRequest) -> BoltResponse:
        state = self._flow.issue_new_state(request)
        url = self._flow.build_authorize_url(state, request)
        cookie = self._flow.settings.state_utils.build_set_cookie_for_new_state(state)
        return _page(200, install_page(url, self._settings), cookie)

    def succeeded(self, given: SuccessArgs) -> BoltResponse:
        granted = set(given.installation.bot_scopes or ())
        lacking = [scope for scope in (*manifest_scopes(), *optional_scopes()) if scope not in granted]
        team = given.installation.team_name or given.installation.team_id or ""
        text = installed_page(team, given.installation.team_id or "", given.installation.app_id or "", lacking)
        return _page(200, text, self._forget_cookie())

    def failed(self, given: FailureArgs) -> BoltResponse:
        log.warning("not installed", reason=given.reason, error=str(given.error or ""))
        return _page(given.suggested_status_code, failed_page(given.reason), self._forget_cookie())

    def _forget_cookie(self) -> str:
        return str(self._flow.settings.state_utils.build_set_cookie_for_deletion())

    def _shown(self, page: Callable[[BoltRequest], BoltResponse]) -> "Page":
        """Whatever goes wrong is said on a page: in our words, or under a reference."""

        def shown(request: BoltRequest) -> BoltResponse:
            try:
                with translated("installing"):
                    return page(request)
            except SteelyardError as error:
                reference = reference_id()
                log.warning("not installed", reference=reference, error=str(error))
                return _page(503, failed_page("unavailable", reference))
            except Exception:  # a defect of ours: logged under a reference, never shown
                reference = reference_id()
                log.exception("installing failed", reference=reference)
                return _page(500, failed_page("unavailable", reference))

        return shown


def oauth_settings(
    settings: Settings, installations: InstallationStore, states: OAuthStateStore, pages: InstallPages
) -> OAuthSettings:
    """Bolt's settings: the manifest's scopes, our stores, our pages."""
    public = settings.slack_public_url.rstrip("/")
    api = urlsplit(settings.slack_api_url)
    return OAuthSettings(
        client_id=settings.slack_client_id,
        client_secret=settings.slack_client_secret.get_secret_value() if settings.slack_client_secret else "",
        scopes=[*manifest_scopes(), *optional_scopes()],
        user_scopes=[],
        redirect_uri=f"{public}{REDIRECT_PATH}" if public else None,
        install_path=INSTALL_PATH,
        redirect_uri_path=REDIRECT_PATH,
        callback_options=CallbackOptions(success=pages.succeeded, failure=pages.failed),
        authorization_url=f"{api.scheme}://{api.netloc}/oauth/v2/authorize",
        installation_store=installations,
        state_store=states,
        state_expiration_seconds=STATE_LASTS_S,
        logger=slack_logger(),
    )


def _page(status: int, text: str, cookie: str | None = None) -> BoltResponse:
    headers: dict[str, Any] = dict(HEADERS) | ({"set-cookie": [cookie]} if cookie else {})
    return BoltResponse(status=status, body=text, headers=headers)
