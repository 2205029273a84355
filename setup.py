"""What pyproject.toml cannot say: a wheel carries the register, the counts and the theme inside the package.

In the repository they stand beside it, where they can be read without running anything. An installed wheel
has nothing beside it, so they are copied to ``hearing_app/shipped``, where ``settings.SHIPPED`` finds them.
"""

import shutil
from pathlib import Path

from setuptools import setup
from setuptools.command.build_py import build_py

SHIPPED = ("registry", "datasets", ".streamlit")


class WithShippedFiles(build_py):
    """The usual step, and the files. An editable installation has the repository itself."""

    def run(self) -> None:
        """Build the package, then copy."""
        super().run()
        if not self.editable_mode:
            for name in SHIPPED:
                target = Path(self.build_lib) / "hearing_app" / "shipped" / name
                shutil.copytree(name, target, dirs_exist_ok=True)


setup(cmdclass={"build_py": WithShippedFiles})
