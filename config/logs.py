"""Logs: for eyes on a trial, one JSON object per line otherwise."""

import logging
from typing import Any

import structlog


def quiet_probe(record: logging.LogRecord) -> bool:
    """A monitor that asks every second must not fill the log while something is down."""
    return not record.getMessage().endswith(": /readyz")


def logging_config(*, json: bool, level: str) -> dict[str, Any]:
    steps: list[Any] = [
        structlog.contextvars.merge_contextvars,
        structlog.stdlib.add_log_level,
        structlog.stdlib.add_logger_name,
        structlog.processors.TimeStamper(fmt="iso" if json else "%H:%M:%S"),
    ]
    structlog.configure(
        processors=[*steps, structlog.stdlib.ProcessorFormatter.wrap_for_formatter],
        logger_factory=structlog.stdlib.LoggerFactory(),
        cache_logger_on_first_use=True,
    )
    last: list[Any] = [structlog.dev.ConsoleRenderer(colors=False)]
    if json:
        last = [structlog.processors.dict_tracebacks, structlog.processors.JSONRenderer()]
    remove_meta = structlog.stdlib.ProcessorFormatter.remove_processors_meta
    quiet = ("celery.beat", "celery.app.trace", "celery.worker.strategy", "django.server")
    return {
        "version": 1,
        "disable_existing_loggers": False,
        "filters": {
            "quiet_probe": {"()": "django.utils.log.CallbackFilter", "callback": quiet_probe}
        },
        "formatters": {
            "line": {
                "()": structlog.stdlib.ProcessorFormatter,
                "foreign_pre_chain": steps,
                "processors": [remove_meta, *last],
            }
        },
        "handlers": {
            "stderr": {
                "class": "logging.StreamHandler",
                "formatter": "line",
                "filters": ["quiet_probe"],
            }
        },
        "root": {"handlers": ["stderr"], "level": level},
        "loggers": {
            "django": {"handlers": [], "propagate": True},
            **{name: {"handlers": [], "level": "WARNING"} for name in quiet},
        },
    }
