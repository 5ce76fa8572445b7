"""What anybody can ask for without signing in changes nothing for whom it concerns."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from allauth.account.models import EmailAddress
from django.core import mail
from django.core.cache import cache
from django.forms.models import model_to_dict
from django.test import Client

from accounts.models import User
from audit.models import Entry
from notifications.models import Delivery
from notifications.services import notify
from notifications.tasks import deliver
from tests import factories as make
from tests.accounts.conftest import EMAIL, PASSWORD, PHONE, code_in, mailed_code
from tests.people import World
from workflow.actors import SYSTEM

RESET, CODE, SIGN_UP = "/accounts/password/reset/", "/accounts/login/code/", "/accounts/signup/"


def sign_up(contact: str) -> dict[str, str]:
    return {"display_name": "x", "contact": contact, "password1": "a-thiefs-word", "agree": "on"}


ASKED = [
    (RESET, {"email": EMAIL}),
    (RESET, {"email": PHONE}),
    (CODE, {"contact": EMAIL}),
    (CODE, {"contact": PHONE}),
    (SIGN_UP, sign_up(EMAIL)),
    (SIGN_UP, sign_up(PHONE)),
    ("/accounts/login/", {"login": EMAIL, "password": "wrong"}),
]


@pytest.mark.parametrize("verified", [True, False], ids=["proven", "written by staff"])
@pytest.mark.parametrize(("url", "data"), ASKED)
def test_what_a_stranger_asks_for_changes_nothing(
    client: Client,
    lin: User,
    texts: Callable[[], str],
    url: str,
    data: dict[str, str],
    verified: bool,
) -> None:
    lin.phone_verified = verified
    lin.save(update_fields=["phone_verified"])
    before = model_to_dict(lin)
    client.post(url, data)
    lin.refresh_from_db()
    assert model_to_dict(lin) == before
    assert EmailAddress.objects.filter(user=lin).count() == 0
    assert Entry.objects.for_row(lin).count() == 0


@pytest.mark.parametrize(("url", "data"), [(RESET, {"email": ""}), (CODE, {"contact": ""})])
def test_mail_to_an_address_that_staff_wrote_down_still_leaves(
    client: Client, world: World, url: str, data: dict[str, str]
) -> None:
    """The handed fault: after a stranger's request nothing was delivered there any more."""
    client.post(url, dict.fromkeys(data, world.dispatcher.email))
    mail.outbox.clear()
    ticket = make.make_ticket(world.pipes, unit=world.home)
    notify("repairs.ticket.report", ticket, actor=SYSTEM, at=ticket.reported_at, occasion="again")
    deliver()
    assert world.dispatcher.email in [one for sent in mail.outbox for one in sent.to]
    assert Delivery.objects.filter(address=world.dispatcher.email).exists()


def test_code_that_comes_back_proves_an_address_that_staff_wrote_down(
    client: Client, lin: User
) -> None:
    client.post(CODE, {"contact": EMAIL})
    client.post("/accounts/login/code/confirm/", {"code": mailed_code()})
    assert client.session["_auth_user_id"] == str(lin.pk)
    assert EmailAddress.objects.get(user=lin).verified
    assert lin.__class__.objects.get(pk=lin.pk).check_password(PASSWORD)


def test_address_is_proven_by_a_reset(client: Client, lin: User) -> None:
    client.post(RESET, {"email": EMAIL})
    client.post(f"{RESET}confirm/", {"code": mailed_code()})
    client.post(f"{RESET}complete/", {"password1": "new-long-word", "password2": "new-long-word"})
    assert EmailAddress.objects.get(user=lin).verified


def test_nothing_leaves_for_an_address_until_its_code_came_back(client: Client, db: None) -> None:
    client.post(SIGN_UP, sign_up("new@example.org"))
    user = User.objects.get()
    assert (user.email, user.email_verified) == ("new@example.org", False)
    client.post("/accounts/confirm-email/", {"code": mailed_code()})
    user.refresh_from_db()
    assert (user.email_verified, user.check_password("a-thiefs-word")) == (True, True)


def test_password_typed_by_a_stranger_does_not_outlive_the_owners_proof(db: None) -> None:
    """Signed up with somebody else's address, its password would open the account later."""
    Client().post(SIGN_UP, sign_up("new@example.org"))
    owner = Client()
    cache.clear()
    owner.post(CODE, {"contact": "new@example.org"})
    owner.post("/accounts/login/code/confirm/", {"code": mailed_code()})
    user = User.objects.get()
    assert owner.session["_auth_user_id"] == str(user.pk)
    assert (user.email_verified, user.has_usable_password()) == (True, False)


def test_number_that_staff_wrote_down_stays_until_somebody_proves_it(
    lin: User, texts: Callable[[], str]
) -> None:
    lin.phone_verified = False
    lin.save(update_fields=["phone_verified"])
    thief = Client()
    thief.post(SIGN_UP, sign_up(PHONE))
    lin.refresh_from_db()
    assert lin.phone == PHONE
    thief.post("/accounts/phone/verify/", {"code": code_in(texts())})
    lin.refresh_from_db()
    assert lin.phone is None
