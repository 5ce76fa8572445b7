from django.apps import AppConfig


class TinyConfig(AppConfig):
    name = "tests.tiny"
    label = "tiny"

    def ready(self) -> None:
        from tests.tiny.doors import LAMP
        from workflow import lives

        lives.register(LAMP)
