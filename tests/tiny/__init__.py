"""An app of one tiny noun: what a noun with a life takes, and what it gets."""
