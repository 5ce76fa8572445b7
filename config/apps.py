from django.apps import AppConfig


class ConfigConfig(AppConfig):
    name = "config"

    def ready(self) -> None:
        # Whoever queues a task must know the broker, the web process as well as the worker.
        import config.celery  # noqa: F401
