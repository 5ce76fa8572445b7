from django.apps import AppConfig


class ConfigConfig(AppConfig):
    name = "config"

    def ready(self) -> None:
        # Whoever queues a task must know the broker, the web process as well as the worker.
        from config.celery import app

        # The tasks too: who queues one by its name, and who shows the sweeps, must know them.
        app.autodiscover_tasks(force=True)
