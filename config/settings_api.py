"""Settings of the API and its schema; config.settings takes them in."""

from typing import Any

from config.env import env_int

REST_FRAMEWORK: dict[str, Any] = {
    "EXCEPTION_HANDLER": "workflow.api.exception_handler",
    "DEFAULT_AUTHENTICATION_CLASSES": [
        "accounts.authentication.TokenAuthentication",
        "rest_framework.authentication.SessionAuthentication",
    ],
    "DEFAULT_PERMISSION_CLASSES": ["rest_framework.permissions.IsAuthenticated"],
    "DEFAULT_FILTER_BACKENDS": [
        "django_filters.rest_framework.DjangoFilterBackend",
        "rest_framework.filters.OrderingFilter",
    ],
    "DEFAULT_PAGINATION_CLASS": "common.paging.CursorPages",
    "PAGE_SIZE": 25,
    "DEFAULT_PARSER_CLASSES": [
        "common.bodies.ObjectParser",
        "rest_framework.parsers.FormParser",
        "rest_framework.parsers.MultiPartParser",
    ],
    # Without it, whoever writes another X-Forwarded-For passes every limit.
    "NUM_PROXIES": env_int("TRUSTED_PROXIES", 0),
    "DEFAULT_RENDERER_CLASSES": ["rest_framework.renderers.JSONRenderer"],
    "DEFAULT_SCHEMA_CLASS": "drf_spectacular.openapi.AutoSchema",
    "TEST_REQUEST_DEFAULT_FORMAT": "json",
}
SPECTACULAR_SETTINGS: dict[str, Any] = {
    "TITLE": "Banyan",
    "DESCRIPTION": "The portal's verbs and lists for machines.",
    "VERSION": "1",
    "SERVE_INCLUDE_SCHEMA": False,
    "SWAGGER_UI_DIST": "SIDECAR",
    "SWAGGER_UI_FAVICON_HREF": "SIDECAR",
    "SCHEMA_PATH_PREFIX": "/api/v1",
    "COMPONENT_SPLIT_REQUEST": True,
    "ENUM_NAME_OVERRIDES": {
        "TicketStatusEnum": "repairs.models.Ticket.Status",
        "ClaimStatusEnum": "estates.models.Claim.Status",
        "TradeEnum": "estates.models.Trade",
    },
}
