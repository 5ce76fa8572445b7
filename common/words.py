"""Words of libraries that their own Chinese lacks; marked here, our catalogue has them."""

from django.utils.translation import gettext_noop, ngettext_lazy

TOO_SHORT = ngettext_lazy(
    "This password is too short. It must contain at least %d character.",
    "This password is too short. It must contain at least %d characters.",
)
# the administration's looks (unfold)
ADMIN = (
    gettext_noop("Type to search"),
    gettext_noop("Run"),
    gettext_noop("Run the selected action"),
    gettext_noop("Select action"),
    gettext_noop("Select action to run"),
    gettext_noop("Select all rows"),
    gettext_noop("Select record"),
    gettext_noop("Select value"),
    gettext_noop("Toggle sorting"),
    gettext_noop("Remove from sorting"),
    gettext_noop("Click here to select the objects across all pages"),
    gettext_noop("Clear selection"),
    gettext_noop("Clear all filters"),
    gettext_noop("Reset filters"),
    gettext_noop("Apply Filters"),
    gettext_noop("Filters"),
    gettext_noop("This page yielded into no results. Create a new item or reset your filters."),
    gettext_noop("No results found"),
    gettext_noop("No results matching your query"),
    gettext_noop("No recent searches"),
    gettext_noop("Recent searches"),
    gettext_noop("Loading more results..."),
    gettext_noop("All applications"),
    gettext_noop("More actions"),
    gettext_noop("Expand row"),
    gettext_noop("Add row"),
    gettext_noop("Toggle password visibility"),
    gettext_noop("This item will be deleted."),
    gettext_noop("Date from"),
    gettext_noop("Date to"),
)
