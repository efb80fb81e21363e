"""The built wheel in clean environments, one for each extra."""
