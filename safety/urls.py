"""Routes of safety."""

from django.urls import path

from safety.desk import DRILLS, HAZARDS, IMPROVEMENTS
from safety.lives import DRILL, HAZARD, IMPROVEMENT, PLAN, REQUIREMENT, ROUND
from safety.views import board, drills, hazards, registers, walk
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
    *desk_urls(DRILLS),
    path("drills/new/", drills.new, name="drill-new"),
    path("drills/due/", drills.board, name="drills-due"),
    path("drills/<str:number>/", drills.drill, name="drill"),
    path("drills/<str:number>/away/", drills.away, name="drill-away"),
    path("drills/<str:number>/roll/<int:building>/", drills.roll_page, name="roll"),
    path("drills/<str:number>/roll/<int:building>/mark/", drills.mark, name="roll-mark"),
    path("drills/<str:number>/roll/<int:building>/rest/", drills.rest, name="roll-rest"),
    *urls(DRILL, "drills/<str:number>/"),
    *desk_urls(IMPROVEMENTS),
    path("improvements/<int:pk>/", drills.improvement, name="improvement"),
    *urls(IMPROVEMENT, "improvements/<int:pk>/"),
    path("requirements/seeds/", drills.lay_seeds, name="requirement-seeds"),
    path("requirements/<int:pk>/read/", drills.requirement, name="requirement"),
    *urls(REQUIREMENT, "requirements/<int:pk>/"),
    path("p/<str:qr>/", walk.label, name="label"),
    path("plans/", board.plans_list, name="plans"),
    path("plans/new/", board.new_plan, name="plan-new"),
    path("plans/preview/", board.preview, name="plan-preview"),
    path("plans/<int:pk>/", board.plan, name="plan"),
    *urls(PLAN, "plans/<int:pk>/"),
    *(route for register in registers.REGISTERS for route in register.urls()),
    path("routes/<int:pk>/labels/", registers.labels, name="labels"),
]
