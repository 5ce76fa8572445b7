"""Routes of safety."""

from django.urls import path

from safety.desk import HAZARDS
from safety.lives import HAZARD, PLAN, ROUND
from safety.views import board, hazards, registers, walk
from workflow.desk_pages import urls as desk_urls
from workflow.verbs import urls

app_name = "safety"
urlpatterns = [
    path("", board.week, name="week"),
    path("rounds/", walk.rounds, name="rounds"),
    path("rounds/list/", board.rounds_list, name="rounds-list"),
    path("rounds/<int:pk>/", walk.round_page, name="round"),
    path("rounds/<int:pk>/points/<int:checkpoint>/", walk.point, name="point"),
    *urls(ROUND, "rounds/<int:pk>/"),
    *desk_urls(HAZARDS),
    path("report/", hazards.report, name="report"),
    path("hazards/new/", hazards.find, name="hazard-new"),
    path("hazards/reported/", hazards.reported, name="reported"),
    path("hazards/<str:number>/", hazards.hazard, name="hazard"),
    *urls(HAZARD, "hazards/<str:number>/"),
    path("p/<str:qr>/", walk.label, name="label"),
    path("plans/", board.plans_list, name="plans"),
    path("plans/new/", board.new_plan, name="plan-new"),
    path("plans/preview/", board.preview, name="plan-preview"),
    path("plans/<int:pk>/", board.plan, name="plan"),
    *urls(PLAN, "plans/<int:pk>/"),
    *(route for register in registers.REGISTERS for route in register.urls()),
    path("routes/<int:pk>/labels/", registers.labels, name="labels"),
]
