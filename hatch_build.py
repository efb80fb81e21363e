"""Complete the metadata of the distribution: URLs, and a readme whose links work where only the readme is shown.

The repository stands in ``pyproject.toml`` alone (``tool.hatch.metadata.hooks.custom``). As long as it is empty, there are
no URLs, and the readme keeps the words of its links without where they lead.
"""

import re
from pathlib import Path
from typing import Any

from hatchling.metadata.plugin.interface import MetadataHookInterface

#: A picture or a link to a file of the repository.
_LINK = re.compile(r"(?P<picture>!?)\[(?P<words>[^\]]*)\]\((?P<target>(?![a-z]+:)[^)\s]+)\)")


def shown_elsewhere(readme: str, repository: str, version: str) -> str:
    """The readme with links that work where it is shown apart from its repository."""

    def changed(found: re.Match[str]) -> str:
        if not repository:
            return "" if found["picture"] else found["words"]
        kind = "raw" if found["picture"] else "blob"
        return f"{found['picture']}[{found['words']}]({repository}/{kind}/v{version}/{found['target']})"

    return _LINK.sub(changed, readme)


def urls(repository: str, version: str) -> dict[str, str]:
    """The URLs of a project, all from that of its repository."""
    if not repository:
        return {}
    return {
        "Homepage": repository,
        "Documentation": f"{repository}/blob/v{version}/docs/index.md",
        "Changes": f"{repository}/blob/v{version}/CHANGELOG.md",
        "Source": repository,
        "Issues": f"{repository}/issues",
    }


class Metadata(MetadataHookInterface):
    """What ``dynamic`` names in ``pyproject.toml``."""

    def update(self, metadata: dict[str, Any]) -> None:
        """Add the readme and the URLs."""
        repository, version = self.config["repository"], metadata["version"]
        text = (Path(self.root) / "README.md").read_text(encoding="utf-8")
        metadata["readme"] = {
            "content-type": "text/markdown",
            "text": shown_elsewhere(text, repository, version),
        }
        metadata["urls"] = urls(repository, version)
