"""The verbs on accounts, and the registries through which apps above add what they know."""

from __future__ import annotations

import hashlib
import secrets
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from importlib import import_module
from typing import Any

from allauth.account.models import EmailAddress
from allauth.mfa.models import Authenticator
from allauth.mfa.utils import is_mfa_enabled
from allauth.usersessions.models import UserSession
from django.conf import settings
from django.contrib.auth import HASH_SESSION_KEY
from django.db import transaction
from django.db.models import Q, QuerySet
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts import rules
from accounts.models import Sending, Token, User
from audit.models import Entry
from audit.services import label_for, record
from common import personal, phones
from workflow.refusals import NotAllowed, WrongState

DEMO_PASSWORD = "banyan-demo"  # noqa: S105
# The text is templates/accounts/privacy_text.*.html; a change of meaning is a new number.
PRIVACY_VERSION = "1"
SET_UP_FIRST = gettext_lazy("Your work here needs a second step when you sign in. Set it up first.")
USE_NOTED_EVERY = timedelta(minutes=1)
SENDINGS_KEPT = timedelta(days=90)

_duties: dict[str, Callable[[User], bool]] = {}


def register_duty(app: str, on_duty: Callable[[User], bool]) -> None:
    """A test for people who work here, by postings or whatever the app calls a duty. They get the
    staff's bars, need a second factor and cannot erase themselves. It costs no statement beyond
    where the person stands, which is read once."""
    _duties[app] = on_duty


def has_duty(user: User) -> bool:
    return user.is_superuser or any(on_duty(user) for on_duty in _duties.values())


def is_on_duty(user: User) -> bool:
    return user.is_staff or has_duty(user)


def needs_second_factor(user: User) -> bool:
    return bool(settings.REQUIRE_MFA) and is_on_duty(user)


# --- a trial's people


@dataclass(frozen=True)
class DemoPerson:
    username: str
    who: str | Promise


@dataclass(frozen=True)
class DemoDesk:
    name: str | Promise
    people: tuple[DemoPerson, ...]


DEMO_DESKS = (
    DemoDesk(
        gettext_lazy("At home"),
        (
            DemoPerson("resident", gettext_lazy("lives in 1204, has a leaking pipe")),
            DemoPerson("neighbour", gettext_lazy("lives one floor below")),
            DemoPerson("stranger", gettext_lazy("lives in the other estate and sees nothing here")),
        ),
    ),
    DemoDesk(
        gettext_lazy("Property company"),
        (
            DemoPerson("dispatcher", gettext_lazy("front desk: sorts and assigns reports")),
            DemoPerson("technician", gettext_lazy("repairs what is assigned, on the phone")),
            DemoPerson("inspector", gettext_lazy("walks the safety rounds")),
            DemoPerson("manager", gettext_lazy("sees what is late and who is busy")),
        ),
    ),
    DemoDesk(
        gettext_lazy("Community"),
        (
            DemoPerson("grid_member", gettext_lazy("visits the households of a grid")),
            DemoPerson("grid_leader", gettext_lazy("leads the grid")),
            DemoPerson("secretary", gettext_lazy("branch secretary, calls others together")),
            DemoPerson("committee_liaison", gettext_lazy("sees every matter of the community")),
            DemoPerson("property_secretary", gettext_lazy("signs for what the company answers")),
            DemoPerson("party_member", gettext_lazy("member of the branch, registered at a grid")),
            DemoPerson("team_lead", gettext_lazy("leads a volunteer team")),
            DemoPerson("volunteer", gettext_lazy("signs up for shifts")),
        ),
    ),
    DemoDesk(
        gettext_lazy("Administration"),
        (DemoPerson("admin", gettext_lazy("everything, with everything recorded")),),
    ),
)


def demo_desks() -> list[DemoDesk]:
    """Those of the cast who exist in this database."""
    names = {person.username for desk in DEMO_DESKS for person in desk.people}
    present = User.objects.filter(username__in=names, is_active=True)
    here = set(present.values_list("username", flat=True))
    desks = (
        DemoDesk(desk.name, tuple(p for p in desk.people if p.username in here))
        for desk in DEMO_DESKS
    )
    return [desk for desk in desks if desk.people]


def demo_user(username: str) -> User | None:
    named = any(p.username == username for desk in DEMO_DESKS for p in desk.people)
    return User.objects.filter(username=username, is_active=True).first() if named else None


# --- one's own account


def sign_up(user: User, *, name: str, language: str, at: datetime) -> None:
    """The words around a fresh account; allauth has made its row."""
    _write(user, "sign_up", {"display_name": name, "language": language}, actor=user, at=at)
    agree(user, actor=user, at=at)


def edit(user: User, *, actor: User, at: datetime, **changes: str) -> None:
    _write(user, "edit", changes, actor=actor, at=at)


def agree(user: User, *, actor: User, at: datetime) -> None:
    """Consent to the privacy text as it stands."""
    changes = {"privacy_version": PRIVACY_VERSION, "privacy_agreed_at": at}
    _write(user, "agree", changes, actor=actor, at=at)


def set_phone(user: User, phone: str, *, verified: bool, actor: User, at: datetime) -> None:
    """A number belongs to whoever proved it: then, and only then, claims of others to it fall."""
    with transaction.atomic():
        if verified:
            claims = User.objects.filter(phone=phone, phone_verified=False).exclude(pk=user.pk)
            claims.update(phone=None)
        _write(user, "set_phone", {"phone": phone, "phone_verified": verified}, actor=actor, at=at)


def prove_email(user: User, *, actor: User, at: datetime) -> None:
    """The code came back from the address that the account has now."""
    with transaction.atomic():
        User.objects.filter(pk=user.pk).update(email_verified=True)
        user.email_verified = True
        record("accounts.set_email", user, actor=actor, at=at)


def set_password(
    user: User,
    password: str,
    *,
    actor: User,
    at: datetime,
    keep: str | None = None,
    end_others: bool = True,
) -> None:
    """A new password; all sessions but that of the key `keep`, and all tokens, end with the old.

    Where their owner wants the others to go on (`end_others` False), they are handed the new hash:
    Django ends whatever carries another.
    """
    with transaction.atomic():
        user.set_password(password)
        user.save(update_fields=["password"])
        record("accounts.set_password", user, actor=actor, at=at)
        if end_others:
            _shut_out(user, actor=actor, at=at, keep=keep)
        else:
            _carry_over(user)


def forget_password(user: User, *, actor: User, at: datetime) -> None:
    """Of an account that nobody had proven: whoever typed it may not be whoever proved it."""
    with transaction.atomic():
        user.set_unusable_password()
        user.save(update_fields=["password"])
        record("accounts.forget_password", user, actor=actor, at=at)
        _shut_out(user, actor=actor, at=at)


def _carry_over(user: User) -> None:
    engine = import_module(settings.SESSION_ENGINE)
    for row in UserSession.objects.filter(user=user):
        session = engine.SessionStore(row.session_key)
        if HASH_SESSION_KEY in session:
            session[HASH_SESSION_KEY] = user.get_session_auth_hash()
            session.save(must_create=False)


def _write(user: User, verb: str, changes: Mapping[str, Any], *, actor: User, at: datetime) -> None:
    with transaction.atomic():
        stored = _locked(user)
        changed = {name: value for name, value in changes.items() if getattr(stored, name) != value}
        if not changed:
            return
        for name, value in changed.items():
            setattr(user, name, value)
        user.save(update_fields=changed)
        record(
            f"accounts.{verb}",
            user,
            actor=actor,
            at=at,
            before={name: getattr(stored, name) for name in changed},
            after=changed,
        )


def _locked(user: User) -> User:
    stored: User = User.objects.select_for_update(of=("self",), no_key=True).get(pk=user.pk)
    return stored


def add_second_factor(user: User, *, kind: str, at: datetime, keep: str | None) -> None:
    """allauth keeps the factors themselves; the log says what became of them, never a secret.

    With the first one, whatever passed only the password ends: all sessions but that of the key
    `keep`, and the tokens made without a second step.
    """
    with transaction.atomic():
        record("accounts.add_second_factor", user, actor=user, at=at, after={"kind": kind})
        others = Authenticator.objects.filter(user=user)
        if others.exclude(type=Authenticator.Type.RECOVERY_CODES).count() == 1:
            weak = Token.objects.filter(second_factor=False)
            _shut_out(user, actor=user, at=at, keep=keep, tokens=weak)


def remove_second_factor(user: User, *, kind: str, at: datetime) -> None:
    record("accounts.remove_second_factor", user, actor=user, at=at, before={"kind": kind})


def renew_recovery_codes(user: User, *, at: datetime) -> None:
    record("accounts.renew_recovery_codes", user, actor=user, at=at)


# --- keys to the API


def issue_token(user: User, *, name: str, actor: User, at: datetime) -> tuple[Token, str]:
    """A key for one device, and its secret, which is shown now and never again."""
    secret = secrets.token_urlsafe(32)
    with transaction.atomic():
        token = Token.objects.create(
            user=user,
            name=name,
            token_hash=hash_of(secret),
            second_factor=is_mfa_enabled(user),
        )
        record("accounts.issue_token", token, actor=actor, at=at, after={"name": name})
    return token, secret


def revoke_token(token: Token, *, actor: User, at: datetime) -> None:
    if not rules.can_revoke(actor, token):
        raise NotAllowed(_("This token is somebody else's."))
    with transaction.atomic():
        live = Token.objects.filter(pk=token.pk, revoked_at__isnull=True)
        if live.update(revoked_at=at, updated_at=at):
            record("accounts.revoke_token", token, actor=actor, at=at)


def use_token(secret: str, *, at: datetime) -> Token | None:
    """The live token of this secret. Its use is noted once a minute, not with every request."""
    live = Token.objects.live().filter(token_hash=hash_of(secret))
    token: Token | None = live.select_related("user").first()
    if token and (token.last_used_at is None or token.last_used_at < at - USE_NOTED_EVERY):
        stale = Q(last_used_at__isnull=True) | Q(last_used_at__lt=at - USE_NOTED_EVERY)
        Token.objects.filter(stale, pk=token.pk).update(last_used_at=at)
    return token


def hash_of(secret: str) -> str:
    return hashlib.sha256(secret.encode()).hexdigest()


# --- by administrators


def deactivate(user: User, *, actor: User, at: datetime) -> None:
    _require_administrator(actor, user)
    with transaction.atomic():
        _write(user, "deactivate", {"is_active": False}, actor=actor, at=at)
        _shut_out(user, actor=actor, at=at)


def reactivate(user: User, *, actor: User, at: datetime) -> None:
    _require_administrator(actor, user)
    if user.erased_at:
        raise WrongState(_("This account was erased; there is nothing to bring back."))
    _write(user, "reactivate", {"is_active": True}, actor=actor, at=at)


def reset_second_factor(user: User, *, actor: User, at: datetime) -> None:
    """For somebody whose phone with the codes is lost."""
    _require_administrator(actor, user)
    with transaction.atomic():
        Authenticator.objects.filter(user=user).delete()
        record("accounts.reset_second_factor", user, actor=actor, at=at)


def _require_administrator(actor: User, user: User) -> None:
    if not rules.can_deactivate(actor, user):
        raise NotAllowed(_("Only another administrator may do this to an account."))


def _shut_out(
    user: User,
    *,
    actor: User,
    at: datetime,
    keep: str | None = None,
    tokens: QuerySet[Token] | None = None,
) -> None:
    among = Token.objects.all() if tokens is None else tokens
    for token in among.filter(user=user, revoked_at__isnull=True):
        revoke_token(token, actor=actor, at=at)
    for session in UserSession.objects.filter(user=user).exclude(session_key=keep or ""):
        session.end()


# --- my data


def export(user: User, *, actor: User, at: datetime) -> dict[str, Any]:
    """Everything the portal holds about somebody, by the app that holds it."""
    data = {app: held.export(user) for app, held in personal.held().items()}
    record("accounts.export", user, actor=actor, at=at)
    return data


def account_of(user: User) -> dict[str, Any]:
    names = ["username", "display_name", "phone", "phone_verified", "email", "email_verified"]
    names += ["language", "privacy_version", "privacy_agreed_at", "date_joined", "last_login"]
    entries = Entry.objects.for_row(user)
    return {
        **{name: getattr(user, name) for name in names},
        "devices": list(user.tokens.values("name", "created_at", "last_used_at", "revoked_at")),
        "sign_ins": list(
            UserSession.objects.filter(user=user).values("created_at", "ip", "user_agent")
        ),
        "history": [{"at": entry.at, "what": label_for(entry.code)} for entry in entries],
    }


def erase(user: User, *, actor: User, at: datetime) -> None:
    """Take everything that names the person from the account and close it for good.

    The row and the log stay, so that what was done here still has somebody, nameless, behind it.
    """
    if is_on_duty(user):
        raise WrongState(
            _("You work here with this account. Ask your manager to end your duties first.")
        )
    with transaction.atomic():
        _locked(user)
        for held in personal.held().values():
            held.erase(user)
        _shut_out(user, actor=actor, at=at)
        _clear(user, at)
        record("accounts.erase", user, actor=actor, at=at)


def let_go(user: User) -> None:
    """What names the person beside the account itself, whose own words go last."""
    user.tokens.update(name="")
    user.sendings.all().delete()
    EmailAddress.objects.filter(user=user).delete()
    Authenticator.objects.filter(user=user).delete()


def _clear(user: User, at: datetime) -> None:
    user.username = f"erased-{user.pk}"
    user.display_name = ""
    user.phone = user.email = None
    user.phone_verified = user.email_verified = user.is_active = False
    user.erased_at = at
    user.set_unusable_password()
    user.save(
        update_fields=[
            "username", "display_name", "phone", "email", "phone_verified", "email_verified",
            "is_active", "erased_at", "password",
        ]
    )  # fmt: skip


def forget_sendings(*, at: datetime) -> int:
    """No browser's outbox is older than that; how many."""
    return Sending.objects.filter(created_at__lt=at - SENDINGS_KEPT).delete()[0]


def by_login(login: str) -> User | None:
    """By user name, or a proven e-mail or phone: a claimed one may be a stranger's."""
    try:
        phone = phones.normalise(login)
    except phones.BadPhone:
        phone = ""
    active: QuerySet[User] = User.objects.filter(is_active=True)
    for wanted in (
        Q(username=login),
        Q(email__iexact=login, email_verified=True),
        Q(phone=phone, phone_verified=True),
    ):
        if login and (person := active.filter(wanted).first()):
            return person
    return None
