"""Routes of grids."""

from django.urls import path

from grids.lives import FLAG, VISIT
from grids.views import lists, mine, registers
from workflow.verbs import urls

app_name = "grids"
urlpatterns = [
    path("", mine.index, name="index"),
    path("mine/", mine.mine, name="mine"),
    path("households/<int:pk>/", mine.household, name="household"),
    path("households/<int:pk>/visit/", mine.visit_now, name="visit-now"),
    path("people/<int:pk>/reveal/", mine.reveal_phone, name="reveal-phone"),
    path("stairs/", mine.stairs, name="stairs"),
    path("visits/", lists.visit_list, name="visits"),
    path("visits/<int:pk>/", lists.visit_page, name="visit"),
    *urls(VISIT, "visits/<int:pk>/"),
    path("flags/", lists.flag_list, name="flags"),
    path("flags/new/", lists.new_flag, name="flag-new"),
    path("flags/<int:pk>/", lists.flag_page, name="flag"),
    path("flags/<int:pk>/reveal/", mine.reveal_note, name="reveal-note"),
    *urls(FLAG, "flags/<int:pk>/"),
    path("coverage/", lists.coverage, name="coverage"),
    path("looks/", lists.looks, name="looks"),
    path("<int:pk>/", registers.grid_page, name="grid"),
    path("<int:pk>/territory/", registers.draw, name="draw"),
    path("postings/<int:pk>/hand-over/", registers.hand_over, name="hand-over"),
    *(route for register in registers.REGISTERS for route in register.urls()),
]
