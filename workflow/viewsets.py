"""The verbs of a noun in the API, made from its declaration: actions, schema, refusals."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from functools import cached_property
from typing import Any, ClassVar, cast

from django import forms
from django.http import QueryDict
from django.utils import timezone
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiParameter, extend_schema, extend_schema_field
from rest_framework import serializers, status, viewsets
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response

from attachments.forms import PhotosField
from workflow.follow_ups import links_of
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
        asks: dict[str, Any] = {"row": row, "user": request.user, "at": self.at}
        # its parsers read objects and forms alone
        given = cast(Mapping[str, Any], request.data)
        sent = form_data(self.life.form(verb, **asks).fields, given)
        form = self.life.form(verb, sent, **asks)
        form.keep({name for name in self.life.optional(verb) if name not in request.data})
        if not form.is_valid():
            raise serializers.ValidationError(cast(Any, form.errors))
        form.version = form.version or version_sent(request)
        self.life.do_as_asked(verb, form)
        return self.answer(row)

    def retrieve(self, request: Request, *args: Any, **key: Any) -> Response:
        """With the version of what verbs may edit, to be sent along as `If-Match`."""
        row = self.get_object()
        return tagged(Response(self.get_serializer(row).data), self.life.version(row))

    def answer(self, row: Any, code: int = status.HTTP_200_OK) -> Response:
        """As its reader sees it now; somebody who sees it no more gets its key."""
        seen = self.get_queryset().filter(pk=row.pk).first()
        if seen is None:
            return Response({self.lookup_field: self.life.key_of(row)}, status=code)
        shown = self.detail_class(seen, context=self.get_serializer_context())
        return tagged(Response(shown.data, status=code), self.life.version(seen))


IF_MATCH = OpenApiParameter(
    "If-Match",
    OpenApiTypes.STR,
    OpenApiParameter.HEADER,
    description="The `ETag` of the row as you saw it: 409 if somebody has changed meanwhile what"
    " this verb writes over. Without it, and for fields that you do not send, nothing is compared.",
)


def version_sent(request: Request) -> str:
    """`If-Match`, as `ETag` gave it; any version (“*”) asks nothing."""
    sent = request.headers.get("If-Match", "").strip().removeprefix("W/").strip('"')
    return "" if sent == "*" else sent


def tagged(response: Response, version: str) -> Response:
    if version:
        response["ETag"] = f'"{version}"'
    return response


def _route(viewset: type[LifecycleMixin], verb: str) -> Any:
    """POST …/<key>/<verb>/ of the viewset."""
    life = viewset.life
    asked = verb_serializer(life, verb)

    def answer(self: LifecycleMixin, request: Request, **key: str) -> Response:
        return self.do(request, verb)

    # not by the bare word: a viewset has a `dispatch` of its own
    answer.__name__ = f"verb_{verb}"
    answer.__doc__ = str(life.moves[verb].label)
    edits = life.form_class(verb).edits
    described = extend_schema(
        request=asked, responses=viewset.detail_class, parameters=[IF_MATCH] if edits else []
    )(answer)
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
    if isinstance(field, forms.ModelMultipleChoiceField):
        return serializers.ListField(child=serializers.IntegerField(), **said)
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


TEXT = serializers.CharField(allow_blank=True, trim_whitespace=False)
TEXTS = serializers.ListField(child=serializers.CharField(allow_blank=True, trim_whitespace=False))
NUMBER = serializers.DecimalField(max_digits=None, decimal_places=None)
# What JSON may hold for a field; more special kinds stand first. The form checks the value itself.
SHAPES: tuple[tuple[type[forms.Field], Any], ...] = (
    (PhotosField, TEXTS),
    (forms.ModelMultipleChoiceField, serializers.ListField(child=serializers.IntegerField())),
    (forms.ModelChoiceField, serializers.IntegerField()),
    (forms.MultipleChoiceField, TEXTS),
    (forms.IntegerField, NUMBER),
    (forms.BooleanField, serializers.BooleanField()),
    (forms.Field, TEXT),
)


def form_data(fields: Mapping[str, forms.Field], sent: Mapping[str, Any]) -> QueryDict:
    """What was sent, JSON or a form, as a form reads it. Raises ValidationError by field."""
    data, wrong = QueryDict(mutable=True), {}
    for name, value in dict(sent).items():
        field = fields.get(name)
        if field is None and not isinstance(sent, QueryDict):
            continue  # a name that the verb does not ask for, which may be a page's own
        # Photographs are known by the name under which the page keeps them.
        key = f"{name}_kept" if isinstance(field, PhotosField) else name
        try:
            values = value if isinstance(sent, QueryDict) else shaped(value, field)
            data.setlist(key, [plain(one, field) for one in values])
        except serializers.ValidationError as error:
            wrong[name] = error.detail
    if wrong:
        raise serializers.ValidationError(wrong)
    return data


def shaped(value: Any, field: forms.Field | None) -> list[Any]:
    """The values of a field; none for null, and for a name that the verb does not ask for."""
    if value is None or field is None:
        return []
    if value == "":
        return [value]
    shape = next(shape for kind, shape in SHAPES if isinstance(field, kind))
    taken = shape.to_internal_value(value)
    return taken if isinstance(taken, list) else [taken]


def plain(value: Any, field: forms.Field | None) -> str:
    """An instant with a zone becomes the portal's own time."""
    if isinstance(field, forms.DateTimeField):
        try:
            moment = datetime.fromisoformat(str(value))
            local = timezone.localtime(moment) if timezone.is_aware(moment) else moment
        except ValueError:
            return str(value)
        except OverflowError as error:
            raise serializers.ValidationError([field.error_messages["invalid"]]) from error
        return f"{local:%Y-%m-%dT%H:%M:%S}"
    return str(value)
