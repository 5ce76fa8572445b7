"""The people of the demo."""

from __future__ import annotations

from collections.abc import Sequence
from random import Random

from django.contrib.auth.hashers import make_password

from accounts.models import User
from portal.demo.names import Phones, name

PASSWORD = "banyan-demo"  # noqa: S105 — meant to be read


class Cast:
    """Makes accounts; the slow hash of the one password is made once."""

    def __init__(self, dice: Random) -> None:
        self.dice = dice
        self.phones = Phones()
        self.password = make_password(PASSWORD)
        self.people: dict[str, User] = {}

    def role(self, username: str, display_name: str, **fields: bool) -> User:
        user: User = User.objects.create(
            username=username,
            display_name=display_name,
            email=f"{username.replace('_', '.')}@banyan.example",
            email_verified=True,
            phone=f"+861900000{len(self.people) + 1:04d}",
            phone_verified=True,
            password=self.password,
            **fields,
        )
        self.people[username] = user
        return user

    def person(self, username: str) -> User:
        return self.people[username]

    def residents(self, people: Sequence[tuple[str, str]]) -> list[User]:
        """People of the roster who signed up by phone; they sign in by code, not by password."""
        nobody = make_password(None)
        users: list[User] = User.objects.bulk_create(
            User(
                username=f"u{phone[3:]}",
                display_name=full_name,
                phone=phone,
                phone_verified=True,
                password=nobody,
            )
            for full_name, phone in people
        )
        return users

    def name(self, *, surname: str = "", age: str = "middle") -> str:
        return name(self.dice, surname=surname, age=age)

    def phone(self) -> str:
        return self.phones.next()
