"""Routes of the volunteers."""

from django.urls import path

from volunteers.lives import CERTIFICATE, ENTRY, MEMBERSHIP, QUALIFICATION, SHIFT, SWAP
from volunteers.views import hours, shifts, teams
from workflow.verbs import urls

app_name = "volunteers"
urlpatterns = [
    path("", shifts.index, name="index"),
    path("teams/", teams.teams, name="teams"),
    path("teams/<int:pk>/", teams.team, name="team"),
    path("teams/<int:pk>/join/", teams.join, name="join"),
    path("teams/<int:pk>/board/", shifts.board, name="board"),
    path("boards/", shifts.my_boards, name="boards"),
    path("memberships/<int:pk>/", teams.membership, name="membership"),
    *urls(MEMBERSHIP, "memberships/<int:pk>/"),
    path("qualifications/new/", teams.new_paper, name="qualification-new"),
    path("qualifications/<int:pk>/", teams.paper, name="qualification"),
    *urls(QUALIFICATION, "qualifications/<int:pk>/"),
    path("shifts/new/", shifts.new, name="shift-new"),
    path("shifts/ask/", shifts.ask, name="ask"),
    path("shifts/<int:pk>/", shifts.shift, name="shift"),
    path("shifts/<int:pk>/gate/", shifts.gate, name="gate"),
    path("shifts/<int:pk>/tail/", shifts.tail, name="tail"),
    path("shifts/<int:pk>/all/", shifts.all_rows, name="all"),
    *urls(SHIFT, "shifts/<int:pk>/"),
    path("posts/<int:pk>/sign-up/", shifts.sign_up, name="sign-up"),
    path("in/<str:code>/", shifts.scanned, name="pass"),
    path("entries/<int:pk>/", shifts.entry, name="entry"),
    path("entries/<int:pk>/swap/", shifts.swap_new, name="swap-new"),
    *urls(ENTRY, "entries/<int:pk>/"),
    path("swaps/<int:pk>/", shifts.swap, name="swap"),
    *urls(SWAP, "swaps/<int:pk>/"),
    path("hours/", hours.mine, name="hours"),
    path("certificates/new/", hours.issue, name="certificate-new"),
    path("certificates/<str:number>/", hours.certificate, name="certificate"),
    *urls(CERTIFICATE, "certificates/<str:number>/"),
    *(route for register in teams.REGISTERS for route in register.urls()),
]
