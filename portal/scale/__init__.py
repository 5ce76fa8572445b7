"""Ten years of made-up repairs, so many that pages can be measured by them."""
