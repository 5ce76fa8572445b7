from django.apps import AppConfig
from django.conf import settings


class ConfigConfig(AppConfig):
    name = "config"

    def ready(self) -> None:
        # Whoever queues a task must know the broker, the web process as well as the worker.
        from config.celery import app
        from config.translations import compile_translations

        # The tasks too: who queues one by its name, and who shows the sweeps, must know them.
        app.autodiscover_tasks(force=True)
        # Whoever writes to people needs their language, however it was started.
        compile_translations(settings.LOCALE_PATHS)
