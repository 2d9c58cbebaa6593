"""Give hatchling the dependencies from `requirements/runtime.in`, so they are listed once."""

from pathlib import Path

from hatchling.metadata.plugin.interface import MetadataHookInterface


class RequirementsHook(MetadataHookInterface):
    def update(self, metadata: dict) -> None:
        lines = (Path(self.root) / "requirements" / "runtime.in").read_text().splitlines()
        metadata["dependencies"] = [
            requirement for line in lines if (requirement := line.split("#")[0].strip())
        ]
