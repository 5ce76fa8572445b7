"""The request of somebody who has signed in, for the types of views."""

from django.http import HttpRequest

from accounts.models import User


class SignedIn(HttpRequest):
    user: User
