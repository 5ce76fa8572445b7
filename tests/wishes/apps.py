from django.apps import AppConfig


class WishesConfig(AppConfig):
    name = "tests.wishes"
    label = "wishes"
