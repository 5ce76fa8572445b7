"""The verbs of a noun in the API, made from its declaration: actions, schema, refusals."""

from __future__ import annotations

from datetime import datetime
from functools import cached_property
from typing import Any, ClassVar, cast

from django import forms
from django.http import QueryDict
from django.utils import timezone
from drf_spectacular.utils import extend_schema, extend_schema_field
from rest_framework import serializers, status, viewsets
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response

from attachments.forms import PhotosField
from workflow.follow_ups import links_of
from workflow.forms import VerbForm
from workflow.lives import Lifecycle
from workflow.moves import check
from workflow.timeline import timeline


class ActionsMixin(serializers.Serializer[Any]):
    """`actions`: the verbs open to the reader now. The serializer names its `life`."""

    life: ClassVar[Lifecycle]
    actions = serializers.SerializerMethodField(help_text="The verbs that are open to you now.")

    @property
    def reader(self) -> Any:
        return self.context["request"].user

    def get_actions(self, row: Any) -> list[str]:
        return self.life.open_to(row, self.reader, at=self.context["at"])


class LinkSerializer(serializers.Serializer[Any]):
    said = serializers.CharField()
    label = serializers.CharField()  # type: ignore[assignment]
    url = serializers.CharField()


class LinksMixin(serializers.Serializer[Any]):
    """`links`: where the row came from and what became of it, as far as the reader sees it."""

    links = serializers.SerializerMethodField()

    @extend_schema_field(LinkSerializer(many=True))
    def get_links(self, row: Any) -> Any:
        return LinkSerializer(links_of(row, self.context["request"].user).links, many=True).data


class EventSerializer(serializers.Serializer[Any]):
    at = serializers.DateTimeField()
    who = serializers.CharField(source="who.name", default="")
    verb = serializers.CharField()
    label = serializers.CharField()  # type: ignore[assignment]
    words = serializers.CharField()
    internal = serializers.BooleanField()


def events(life: Lifecycle, row: Any, user: Any) -> Any:
    return EventSerializer(timeline(life, row, user), many=True).data


class LifecycleMixin(viewsets.GenericViewSet[Any]):
    """A viewset of a noun with a life: its rows, and POST …/<key>/<verb>/ for each verb.

    The subclass names `life`, `detail_class` (what a verb answers with) and its serializers.
    """

    life: ClassVar[Lifecycle]
    detail_class: ClassVar[type[serializers.BaseSerializer[Any]]]

    def __init_subclass__(cls, **options: Any) -> None:
        super().__init_subclass__(**options)
        if "life" in vars(cls):
            for verb in cls.life.moves:
                setattr(cls, f"verb_{verb}", _route(cls, verb))

    @cached_property
    def at(self) -> datetime:
        """Read once for each request: a viewset lives as long."""
        return timezone.now()

    def get_queryset(self) -> Any:
        return self.life.rows(self.request.user)

    def get_serializer_context(self) -> dict[str, Any]:
        return {**super().get_serializer_context(), "at": self.at}

    def do(self, request: Request, verb: str) -> Response:
        row = self.get_object()
        check(self.life.moves, verb, row, request.user, at=self.at)
        sent = form_data(self.life.form_class(verb), request.data)
        form = self.life.form(verb, sent, row=row, user=request.user, at=self.at)
        if not form.is_valid():
            raise serializers.ValidationError(cast(Any, form.errors))
        self.life.do(verb, row, actor=request.user, at=self.at, **form.cleaned_data)
        return self.answer(row)

    def answer(self, row: Any, code: int = status.HTTP_200_OK) -> Response:
        """As its reader sees it now; somebody who sees it no more gets its key."""
        seen = self.get_queryset().filter(pk=row.pk).first()
        if seen is None:
            return Response({self.lookup_field: self.life.key_of(row)}, status=code)
        shown = self.detail_class(seen, context=self.get_serializer_context())
        return Response(shown.data, status=code)


def _route(viewset: type[LifecycleMixin], verb: str) -> Any:
    """POST …/<key>/<verb>/ of the viewset."""
    life = viewset.life
    asked = verb_serializer(life, verb)

    def answer(self: LifecycleMixin, request: Request, **key: str) -> Response:
        return self.do(request, verb)

    # not by the bare word: a viewset has a `dispatch` of its own
    answer.__name__ = f"verb_{verb}"
    answer.__doc__ = str(life.moves[verb].label)
    described = extend_schema(request=asked, responses=viewset.detail_class)(answer)
    return action(detail=True, methods=["post"], url_path=verb, url_name=verb)(described)


def verb_serializer(life: Lifecycle, verb: str) -> type[serializers.Serializer[Any]] | None:
    """What a verb asks, read from its form; None when it asks nothing."""
    form = life.forms.get(verb)
    if form is None:
        return None
    fields = {name: as_serializer_field(field) for name, field in form.base_fields.items()}
    words = [*life.noun.split("_"), *verb.split("_")]
    name = "".join(word.title() for word in words)
    made = type(f"{name}Serializer", (serializers.Serializer,), fields)
    return cast(type[serializers.Serializer[Any]], made)


def as_serializer_field(field: forms.Field) -> serializers.Field[Any, Any, Any, Any]:
    """The API's shape of a form's field, for the schema; the form itself checks it."""
    said: dict[str, Any] = {"required": field.required, "label": str(field.label or "")}
    if field.help_text:
        said["help_text"] = str(field.help_text)
    if isinstance(field, PhotosField):
        said["help_text"] = "Keys from /api/v1/attachments/."
        return serializers.ListField(child=serializers.CharField(), **said)
    if isinstance(field, forms.ModelChoiceField):
        return serializers.IntegerField(**said)
    if isinstance(field, forms.MultipleChoiceField):
        return serializers.ListField(child=serializers.CharField(), **said)
    if isinstance(field, forms.ChoiceField):
        return serializers.ChoiceField(list(cast(Any, field.choices)), **said)
    if isinstance(field, forms.DateTimeField):
        return serializers.DateTimeField(**said)
    if isinstance(field, forms.DecimalField):
        digits: dict[str, Any] = {
            "max_digits": field.max_digits,
            "decimal_places": field.decimal_places,
        }
        return serializers.DecimalField(**said, **digits)
    if isinstance(field, forms.BooleanField):
        return serializers.BooleanField(**said)
    return serializers.CharField(max_length=getattr(field, "max_length", None), **said)


def form_data(form: type[VerbForm], sent: Any) -> QueryDict:
    """JSON as a form reads it; an instant with a zone becomes the portal's own time."""
    data = QueryDict(mutable=True)
    for name, value in dict(sent).items():
        field = form.base_fields.get(name)
        values = value if isinstance(value, list) else [value]
        # Photographs are known by the name under which the page keeps them.
        key = f"{name}_kept" if isinstance(field, PhotosField) else name
        data.setlist(key, [plain(one, field) for one in values if one is not None])
    return data


def plain(value: Any, field: forms.Field | None) -> str:
    if isinstance(field, forms.DateTimeField):
        try:
            moment = datetime.fromisoformat(str(value))
            local = timezone.localtime(moment) if timezone.is_aware(moment) else moment
        except (ValueError, OverflowError):
            return str(value)
        return f"{local:%Y-%m-%dT%H:%M:%S}"
    return str(value)
