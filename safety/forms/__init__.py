"""The forms of safety, by what they are about."""
