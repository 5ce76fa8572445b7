"""A made-up app above the tiny one: what somebody wishes for, found at a lamp or said at home."""
