"""The matrix and the battery of every noun with a life. A test of a noun inherits them:

    class TestHazard(LifecycleBattery):
        life = HAZARD
        roles = (...)       # whom the rules are asked of
        blind = (...)       # who do not see the row, whatever the rules say
        may = {"close": {"inspector"}, ...}
        told = {"close": {"manager"}, ...}

        def row(self, world, state): ...
        def fields(self, world, verb): ...

Each verb is then tried from every state by every role through its service; through page, API and
admin by those who may, may not, and see nothing; by GET, twice and too late.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping
from datetime import datetime
from typing import Any, ClassVar

import pytest
from django.contrib import admin
from django.db import models, transaction
from django.template.loader import get_template
from django.test import Client
from django.utils import timezone

from attachments.models import Comment
from audit.models import Entry
from notifications.models import Message
from notifications.services import kind_of
from tests.people import World
from workflow.actors import SYSTEM
from workflow.diagram import diagram_of
from workflow.lives import Lifecycle
from workflow.moves import RELIEVED
from workflow.refusals import NotAllowed, WrongState
from workflow.standing import forget
from workflow.timeline import timeline

AT = timezone.now().replace(microsecond=0)
PORTAL = "portal"
SignIn = Callable[[Any], Client]


class LifecycleBattery:
    life: ClassVar[Lifecycle]
    roles: ClassVar[tuple[str, ...]]
    blind: ClassVar[tuple[str, ...]]
    may: ClassVar[Mapping[str, Collection[str]]]
    # Whom a verb tells, when the first who may does it; a verb that is not here tells nobody.
    told: ClassVar[Mapping[str, Collection[str]]] = {}
    # Who loses something by a verb that `relieves`.
    relieved: ClassVar[Mapping[str, Collection[str]]] = {}
    api: ClassVar[str]
    docs: ClassVar[str] = ""

    def row(self, world: World, state: str) -> Any:
        """A row in that state, such that each role stands to it as its name says."""
        raise NotImplementedError

    def fields(self, world: World, verb: str) -> dict[str, Any]:
        """What the verb's form asks, as the service takes it."""
        return {}

    def sent(self, world: World, verb: str) -> dict[str, Any]:
        """The same as a page sends it."""
        return {name: as_sent(value) for name, value in self.fields(world, verb).items()}

    # --- helpers

    def person(self, world: World, role: str) -> Any:
        return SYSTEM if role == PORTAL else getattr(world, role)

    def ready(self, world: World, verb: str) -> Any:
        """A row from which the verb starts."""
        return self.row(world, sorted(self.life.moves[verb].start)[0])

    def doer(self, world: World, verb: str) -> Any:
        return getattr(world, sorted(set(self.may[verb]) - {PORTAL})[0])

    def page(self, row: Any, verb: str) -> str:
        return self.life.url(row, verb)

    def api_url(self, row: Any, verb: str) -> str:
        return f"/api/v1/{self.api}/{self.life.key_of(row)}/{verb}/"

    def codes(self, row: Any) -> list[str]:
        return [entry.code for entry in Entry.objects.for_row(row).order_by("pk")]

    def by_hand(self, verb: str) -> bool:
        return bool(set(self.may[verb]) - {PORTAL})

    # --- the matrix

    def test_the_matrix_knows_every_verb_and_role(self) -> None:
        assert set(self.may) == set(self.life.moves)
        assert set().union(*self.may.values()) <= {*self.roles, PORTAL}

    @pytest.mark.django_db
    def test_state_by_verb_by_role(self, world: World, life_verb: str) -> None:
        """Moved, WrongState or NotAllowed, from each state; and the buttons say the same."""
        found, wanted = {}, {}
        for state in self.life.model.Status.values:
            with transaction.atomic():
                for role in (*self.roles, PORTAL):
                    found[state, role] = self._tried(world, state, life_verb, role)
                    due = self._due(state, life_verb, role)
                    wanted[state, role] = (due, due == "moved")
                transaction.set_rollback(True)
            for person in world.people().values():
                forget(person)
        assert found == wanted

    def _tried(self, world: World, state: str, verb: str, role: str) -> tuple[str, bool]:
        row, person = self.row(world, state), self.person(world, role)
        move, due = self.life.moves[verb], self._due(state, verb, role)
        offered = verb in self.life.open_to(row, person, at=AT)
        target = move.target(row) if state in move.start else state
        outcome = self._outcome(row, world, verb, person)
        row.refresh_from_db()
        assert row.status == (target if due == "moved" else state), (state, role)
        return outcome, offered

    def _outcome(self, row: Any, world: World, verb: str, person: Any) -> str:
        try:
            self.life.do(verb, row, actor=person, at=AT, **self.fields(world, verb))
        except (NotAllowed, WrongState) as refusal:
            return type(refusal).__name__
        return "moved"

    def _due(self, state: str, verb: str, role: str) -> str:
        if role not in self.may[verb]:
            return "NotAllowed"
        return "moved" if state in self.life.moves[verb].start else "WrongState"

    # --- the doors

    @pytest.mark.django_db
    def test_page_does_it_once(self, world: World, as_: SignIn, life_verb: str) -> None:
        if not self.by_hand(life_verb):
            return
        row, doer = self.ready(world, life_verb), self.doer(world, life_verb)
        client, url = as_(doer), self.page(row, life_verb)
        before, target = self.codes(row), self.life.moves[life_verb].target(row)
        Message.objects.all().delete()
        answer = client.post(url, self.sent(world, life_verb))
        assert answer.status_code == 302, page_errors(answer)
        row.refresh_from_db()
        assert row.status == target
        assert self.codes(row)[len(before) :][-1:] == [self.life.moves.code_of(life_verb)]
        assert self._told(life_verb) == set(self.told.get(life_verb, ()))
        assert self._told(RELIEVED) == set(self.relieved.get(life_verb, ()))
        self._too_late(client, url, row, life_verb, world)

    def _too_late(self, client: Client, url: str, row: Any, verb: str, world: World) -> None:
        """The second click of a move that leaves its states is led on, and harmless."""
        if row.status in self.life.moves[verb].start:
            return
        before = self.codes(row)
        answer = client.post(url, self.sent(world, verb))
        seen = self.life.rows(self.doer(world, verb)).filter(pk=row.pk).exists()
        refused = (
            403 if seen and not self.life.moves[verb].rule(self.doer(world, verb), row) else 409
        )
        assert answer.status_code == (refused if seen else 404)
        if answer.status_code == 409:
            assert f'href="{row.get_absolute_url()}"' in answer.content.decode()
        assert self.codes(row) == before

    def _told(self, verb: str) -> set[str]:
        told = Message.objects.filter(kind=self.life.moves.code_of(verb))
        return {message.recipient.username for message in told}

    @pytest.mark.django_db
    def test_page_asks_by_get_and_changes_nothing(
        self, world: World, as_: SignIn, life_verb: str
    ) -> None:
        if not self.by_hand(life_verb):
            return
        row = self.ready(world, life_verb)
        client, url = as_(self.doer(world, life_verb)), self.page(row, life_verb)
        before = (row.status, self.codes(row))
        page = client.get(url)
        assert (page.status_code, client.head(url).status_code) == (200, 200)
        assert str(self.life.moves[life_verb].label) in page.content.decode()
        row.refresh_from_db()
        assert (row.status, self.codes(row)) == before

    @pytest.mark.django_db
    def test_doors_refuse_who_may_not_and_hide_the_row_from_the_rest(
        self, world: World, as_: SignIn, life_verb: str
    ) -> None:
        row = self.ready(world, life_verb)
        before = (row.status, self.codes(row))
        sent, found, wanted = self.sent(world, life_verb), {}, {}
        for role in {*self.roles, *self.blind}:
            if role in self.may[life_verb] and role not in self.blind:
                continue
            client = as_(getattr(world, role))
            page = client.post(self.page(row, life_verb), sent).status_code
            api = client.post(self.api_url(row, life_verb), sent, "application/json").status_code
            found[role] = (page, api)
            wanted[role] = (404, 404) if role in self.blind else (403, 403)
        assert found == wanted
        sent_on = as_(None).post(self.page(row, life_verb), sent)["Location"]
        assert sent_on.startswith("/accounts/login/")
        assert as_(None).post(self.api_url(row, life_verb), sent).status_code == 401
        row.refresh_from_db()
        assert (row.status, self.codes(row)) == before

    @pytest.mark.django_db
    def test_api_offers_it_and_does_it(self, world: World, as_: SignIn, life_verb: str) -> None:
        if not self.by_hand(life_verb):
            return
        row = self.ready(world, life_verb)
        client, target = as_(self.doer(world, life_verb)), self.life.moves[life_verb].target(row)
        url = self.api_url(row, life_verb)
        assert life_verb in client.get(url.removesuffix(f"{life_verb}/")).json()["actions"]
        answer = client.post(url, self.sent(world, life_verb), "application/json")
        assert answer.status_code == 200, answer.content
        row.refresh_from_db()
        assert row.status == target
        assert self.codes(row)[-1] == self.life.moves.code_of(life_verb)

    @pytest.mark.django_db
    def test_admin_offers_what_asks_for_nothing(self, world: World, as_: SignIn) -> None:
        model_admin = admin.site._registry[self.life.model]
        offered = {getattr(action, "__name__", action) for action in model_admin.actions or ()}
        assert {verb for verb in self.life.moves if verb not in self.life.forms} <= offered
        row = self.row(world, self.life.first)
        meta = self.life.model._meta
        page = as_(world.admin).get(f"/admin/{meta.app_label}/{meta.model_name}/{row.pk}/change/")
        assert page.status_code == 200
        assert 'name="status"' not in page.content.decode()

    # --- what is kept and said

    def test_every_move_is_named_in_log_and_settings(self) -> None:
        labels = self.life.labels()
        for verb, move in self.life.moves.items():
            code = self.life.moves.code_of(verb)
            assert labels[code]
            assert (kind_of(code) is not None) == (move.tells is not None)
        for kind in self.life.kinds():
            assert get_template(f"notifications/{kind.code}.txt")

    @pytest.mark.django_db
    def test_timeline_tells_moves_and_words(self, world: World) -> None:
        if "comment" not in self.life.moves:
            return
        row, doer = self.ready(world, "comment"), self.doer(world, "comment")
        self.life.do("comment", row, actor=doer, at=AT, body="好的")
        event = timeline(self.life, row, doer)[0]
        assert (event.who, event.verb, event.words) == (doer, "comment", "好的")
        staff = self.doer(world, "note")
        self.life.do("note", row, actor=staff, at=AT, body="内部")
        assert Comment.objects.for_row(row).count() == 2
        readers = [getattr(world, role) for role in self.roles if role not in self.blind]
        read = {u.username for u in readers if "内部" in words_of(self.life, row, u)}
        shown = {u.username for u in readers if Comment.objects.visible_to(u).filter(
            object_id=row.pk, internal=True).exists()}  # fmt: skip
        assert read == shown == {u.username for u in readers if self.life.is_staff(u, row)}

    def test_the_docs_draw_the_table(self) -> None:
        if self.docs:
            from django.conf import settings

            page = (settings.BASE_DIR / "docs" / self.docs).read_text(encoding="utf-8")
            assert f"```mermaid\n{diagram_of(self.life)}\n```" in page


def words_of(life: Lifecycle, row: Any, user: Any) -> list[str]:
    return [event.words for event in timeline(life, row, user)]


def as_sent(value: Any) -> Any:
    if isinstance(value, models.Model):
        return getattr(value, "number", None) or value.pk
    if isinstance(value, datetime):
        return f"{timezone.localtime(value):%Y-%m-%dT%H:%M:%S}"
    return value


def page_errors(answer: Any) -> Any:
    form = answer.context.get("form") if answer.context else None
    return form.errors if form is not None else answer.content[:300]


__all__ = ["AT", "LifecycleBattery"]
