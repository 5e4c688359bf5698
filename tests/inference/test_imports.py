"""The package runs without Django."""

from __future__ import annotations

import subprocess
import sys

CODE = """
import importlib, pkgutil, sys
import chatapp.inference as package
for module in pkgutil.walk_packages(package.__path__, package.__name__ + "."):
    if not module.name.endswith("__main__"):
        importlib.import_module(module.name)
print(sorted(name for name in sys.modules if name.partition(".")[0] == "django"))
"""


def test_no_module_imports_django() -> None:
    found = subprocess.run([sys.executable, "-c", CODE], capture_output=True, text=True, check=True)

    assert found.stdout == "[]\n"
