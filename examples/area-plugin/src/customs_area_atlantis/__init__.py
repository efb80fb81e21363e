"""The area of Atlantis (亚特兰蒂斯综合保税区), which does not exist: an example of a customs area in a package of its own."""

from pathlib import Path


def profile() -> Path:
    """The file of the profile, for the entry point of the group ``customs.areas``."""
    return Path(__file__).with_name("profile.toml")
