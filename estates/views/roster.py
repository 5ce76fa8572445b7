"""The roster from a file: upload → columns → preview → import."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.paginator import Paginator
from django.http import HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from accounts.http import SignedIn
from common import sheets
from common.acting import acts
from common.sheets import Deadline
from estates.forms import ColumnsForm, UploadForm
from estates.models import Estate, Occupant, RosterImport
from estates.services.roster import imports, store
from estates.standing import DESK
from workflow.refusals import Invalid, NotAllowed


def _desk_estates(user: Any) -> Any:
    estates = Estate.objects.staffed_by(user, *DESK)
    if not estates.exists():
        raise NotAllowed(_("The roster is kept by the front desk."))
    return estates


def _row(request: SignedIn, pk: int) -> RosterImport:
    rows = RosterImport.objects.visible_to(request.user).select_related("estate", "uploaded_by")
    row: RosterImport = get_object_or_404(rows, pk=pk)
    return row


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def roster(request: SignedIn) -> HttpResponse:
    """Upload a file; earlier ones below."""
    at = timezone.now()
    estates = _desk_estates(request.user)
    form = UploadForm(request.POST or None, request.FILES or None, estates=estates)
    if request.method == "POST" and form.is_valid():
        file = form.cleaned_data["file"]
        try:
            row = imports.upload(
                form.cleaned_data["estate"],
                file,
                file.name,
                actor=request.user,
                at=at,
                deadline=Deadline(imports.READING),
            )
        except Invalid as refusal:
            form.add_error("file", str(refusal))
        else:
            return redirect("estates:roster-columns", row.pk)
    rows = RosterImport.objects.visible_to(request.user).select_related("estate", "uploaded_by")
    context = {"form": form, "imports": rows.defer("problems", "missing")[:20], "at": at}
    status = 422 if request.method == "POST" else 200
    return render(request, "estates/roster.html", context, status=status)


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def columns(request: SignedIn, pk: int) -> HttpResponse:
    """What the columns are: guessed, and the person's to correct."""
    at = timezone.now()
    row = _row(request, pk)
    if request.method == "POST":
        imports.check_open(row, request.user)
    elif row.status != RosterImport.Status.PREVIEW:
        return redirect(row)
    tables = imports.tables_of(row)
    initial = {"building": row.mapping["building"]}
    form = ColumnsForm(request.POST or None, tables=tables, initial=initial)
    if request.method == "POST" and form.is_valid():
        try:
            building = form.cleaned_data["building"]
            imports.set_columns(row, form.columns(), building=building, actor=request.user, at=at)
            imports.preview(row, actor=request.user, at=at, deadline=Deadline(imports.IMPORTING))
        except Invalid as refusal:
            form.add_error(None, str(refusal))
        else:
            return redirect(row)
    context = {"row": row, "form": form, "sheets": _sheets(row, form)}
    status = 422 if request.method == "POST" else 200
    return render(request, "estates/roster_columns.html", context, status=status)


def _sheets(row: RosterImport, form: ColumnsForm) -> list[dict[str, Any]]:
    """Each sheet with its columns: header, three values, and the choice or why there is none."""
    samples: dict[str, list[list[Any]]] = {}
    if row.file.name:
        with row.file.storage.open(row.file.name, "rb") as file:
            samples = store.samples(file, form.tables)
    return [
        {
            "table": table,
            "columns": [
                {
                    "header": header,
                    "never": header in table.never_kept,
                    "field": form[name] if (name := f"{number}-{index}") in form.fields else None,
                    "samples": [
                        cells[index]
                        for cells in samples.get(table.title, [])
                        if index < len(cells) and cells[index] is not None
                    ],
                }
                for index, header in enumerate(table.headers)
                if header
            ],
        }
        for number, table in enumerate(form.tables)
    ]


@login_required
@require_safe
def preview(request: SignedIn, pk: int) -> HttpResponse:
    """What would happen, or what did; every problem with its line, column and cure."""
    row = _row(request, pk)
    if row.status == RosterImport.Status.PREVIEW and not row.counts:
        return redirect("estates:roster-columns", row.pk)
    problems = imports.problems_of(row)
    missing = Occupant.objects.visible_to(request.user).filter(pk__in=row.missing[:500])
    context = {
        "row": row,
        "page": Paginator(problems, 100).get_page(request.GET.get("page")),
        "missing": missing.with_address(),
        "never": [(t.title, h) for t in imports.tables_of(row) for h in t.never_kept],
        "open": row.status == RosterImport.Status.PREVIEW,
        "has_file": bool(row.file),
        "at": timezone.now(),
    }
    return render(request, "estates/roster_preview.html", context)


@login_required
@acts(leads_to=_row)
def apply(request: SignedIn, pk: int) -> HttpResponse:
    row = _row(request, pk)
    imports.apply(
        row,
        actor=request.user,
        at=timezone.now(),
        good_rows=request.POST.get("rows") == "good",
        end_missing=request.POST.get("end_missing") == "on",
        deadline=Deadline(imports.IMPORTING),
    )
    messages.success(request, _("Imported."))
    return redirect(row)


@login_required
@acts(leads_to=_row)
def discard(request: SignedIn, pk: int) -> HttpResponse:
    imports.discard(_row(request, pk), actor=request.user, at=timezone.now())
    messages.success(request, _("Discarded; nothing was imported."))
    return redirect("estates:roster")


@login_required
@require_safe
def rejected(request: SignedIn, pk: int) -> HttpResponseBase:
    """The bad rows as XLSX with a column “error”: correct them there and upload that file."""
    row = _row(request, pk)
    header, rows = imports.rejected(row)
    return sheets.as_response(f"rejected-{row.pk}", header, rows, "xlsx")
