"""The small pieces of every page, as HTML."""

from datetime import datetime
from decimal import Decimal
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from django import forms
from django.template import Context, Template

from common.templatetags import banyan

AT = datetime(2026, 11, 23, 14, 0, tzinfo=ZoneInfo("Asia/Shanghai"))


def draw(source: str, **context: Any) -> str:
    return Template("{% load banyan %}" + source).render(Context({"at": AT, **context})).strip()


class Report(forms.Form):
    title = forms.CharField(help_text="In a few words.")
    where = forms.ChoiceField(
        choices=[("home", "Home"), ("lift", "Lift")], widget=forms.RadioSelect
    )
    enter = forms.BooleanField(required=False)
    more = forms.CharField(required=False, widget=forms.Textarea(attrs={"class": "tall"}))


def test_icon_is_hidden_from_readers() -> None:
    assert draw('{% icon "tool" %}') == (
        '<svg class="icon" aria-hidden="true" focusable="false">'
        '<use href="/static/icons.svg#tool"></use></svg>'
    )


def test_state_is_word_colour_and_icon() -> None:
    assert draw('{% state_pill label "late" "clock" %}', label="<late>") == (
        '<span class="state late"><svg class="icon" aria-hidden="true" focusable="false">'
        '<use href="/static/icons.svg#clock"></use></svg>&lt;late&gt;</span>'
    )


def test_time_says_the_exact_moment_too() -> None:
    assert draw("{% said_time at %}") == (
        '<time class="num" datetime="2026-11-23T14:00+08:00" title="2026-11-23 14:00">'
        "today 14:00</time>"
    )


def test_nothing_is_said_of_no_time() -> None:
    assert draw("{% said_time none %}{% said_deadline none %}{% said_span none none %}") == ""


def test_a_passed_deadline_is_red() -> None:
    passed = AT.replace(hour=13)
    assert draw("{% said_deadline passed %}", passed=passed) == (
        '<time class="num late-text" datetime="2026-11-23T13:00+08:00" title="2026-11-23 13:00">'
        "1 h late</time>"
    )


@pytest.mark.parametrize(
    ("number", "plain", "masked"),
    [
        ("+8613812342207", "138 1234 2207", "138****2207"),
        ("+4915112345678", "+4915112345678", "+49****5678"),
        ("02885551234", "02885551234", "028****1234"),
        ("12345", "12345", "****"),
        ("5551234", "5551234", "55****34"),
        ("+862885551234", "028 8555 1234", "028****1234"),
        (None, "", ""),
    ],
)
def test_phone_numbers(number: str | None, plain: str, masked: str) -> None:
    assert banyan.phone(number) == plain
    assert banyan.masked_phone(number) == masked


def test_money() -> None:
    assert banyan.money(Decimal("1234.5")) == "¥1,234.50"
    assert banyan.money(None) == ""


def test_field_ties_label_hint_and_error_together() -> None:
    html = draw("{% field form.title %}", form=Report({}))
    assert '<label for="id_title">Title</label>' in html
    assert 'class="form-control"' in html
    assert 'aria-describedby="id_title_helptext id_title_error"' in html
    assert 'id="id_title_helptext">In a few words.<' in html
    assert 'id="id_title_error"><li>This field is required.</li>' in html


def test_choices_become_chips_in_a_fieldset() -> None:
    html = draw("{% field form.where %}", form=Report())
    assert html.count('<label class="chip"') == 2
    assert "<legend>Where</legend>" in html


def test_a_box_stands_before_its_label() -> None:
    html = draw("{% field form.enter %}", form=Report())
    assert html.index("<input") < html.index("<label")


def test_what_may_stay_empty_says_so_and_keeps_its_own_class() -> None:
    html = draw("{% field form.more %}", form=Report())
    assert "(optional)" in html
    assert 'class="form-control tall"' in html


def test_fields_draws_the_whole_form_in_order() -> None:
    html = draw("{% fields form %}", form=Report())
    assert [html.index(f'name="{name}"') for name in Report.base_fields] == sorted(
        html.index(f'name="{name}"') for name in Report.base_fields
    )
