"""Routes of estates."""

from django.urls import path

from estates.lives import CLAIM
from estates.views import claims, household, letters, roster, saved_views
from estates.views.registers import REGISTERS
from workflow.verbs import urls

app_name = "estates"
urlpatterns = [
    path("", household.index, name="index"),
    path("home/", household.home, name="home"),
    path("home/<int:pk>/leave/", household.leave, name="leave"),
    path("claims/", claims.mine, name="claims"),
    path("claims/phone/", claims.by_phone, name="claim-by-phone"),
    path("claims/code/", claims.by_code, name="claim-by-code"),
    path("claims/new/", claims.new, name="claim-new"),
    path("claims/queue/", claims.queue, name="claim-queue"),
    path("claims/<int:pk>/", claims.detail, name="claim"),
    *urls(CLAIM, "claims/<int:pk>/"),
    path("letters/", letters.letters, name="letters"),
    path("letters/print/", letters.letters_print, name="letters-print"),
    path("letters/<int:pk>/revoke/", letters.revoke, name="revoke-invitation"),
    path("posters/", letters.posters, name="posters"),
    path("q/<str:qr>/", letters.scan, name="scan"),
    path("roster/", roster.roster, name="roster"),
    path("roster/<int:pk>/", roster.preview, name="roster-import"),
    path("roster/<int:pk>/columns/", roster.columns, name="roster-columns"),
    path("roster/<int:pk>/apply/", roster.apply, name="apply-roster"),
    path("roster/<int:pk>/discard/", roster.discard, name="discard-roster"),
    path("roster/<int:pk>/rejected.xlsx", roster.rejected, name="roster-rejected"),
    path("occupants/<int:pk>/reveal/", household.reveal, name="reveal"),
    path("views/<str:code>/save/", saved_views.save, name="save-view"),
    path("views/<int:pk>/rename/", saved_views.rename, name="rename-view"),
    path("views/<int:pk>/delete/", saved_views.delete, name="delete-view"),
    *(route for register in REGISTERS for route in register.urls()),
]
