"""Routes of the parties."""

from django.urls import path

from parties.desk import MATTERS
from parties.lives import MATTER, PART, REGISTRATION, WISH
from parties.views import matters, people, registers
from workflow.desk_pages import urls as desk_urls
from workflow.verbs import urls

app_name = "parties"
urlpatterns = [
    path("", people.index, name="board"),
    path("me/", people.me, name="me"),
    *desk_urls(MATTERS),
    path("matters/new/", matters.call, name="call"),
    path("matters/<str:number>/", matters.matter, name="matter"),
    *urls(MATTER, "matters/<str:number>/"),
    *urls(PART, "parts/<int:pk>/"),
    path("members/<int:pk>/propose/", people.propose, name="propose"),
    path("members/<int:pk>/reveal/", people.reveal, name="reveal"),
    path("registrations/<int:pk>/", people.registration, name="registration"),
    *urls(REGISTRATION, "registrations/<int:pk>/"),
    path("wishes/", people.wish_list, name="wishes"),
    path("wishes/new/", people.new_wish, name="wish-new"),
    path("wishes/<int:pk>/", people.wish, name="wish"),
    *urls(WISH, "wishes/<int:pk>/"),
    *(route for register in registers.REGISTERS for route in register.urls()),
]
