"""Check what a build wrote: ``check_wheel.py FOLDER`` with one wheel and one sdist in it.

Needs only the standard library, so that it runs before anything is installed.
"""

import sys
import tarfile
import tomllib
import zipfile
from email.parser import Parser
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
# Nothing compiled, nothing cached, and no folder but the package's own.
FOREIGN_SUFFIXES = (".so", ".pyd", ".dylib", ".dll", ".pyc", ".c", ".pyx")


# The explorer's page is written in the last three.
SOURCE_SUFFIXES = {".py", ".pyi", ".html", ".css", ".js"}


def sources(folder: str) -> set[str]:
    """Paths of the source files below ``folder`` of the tree, relative to it."""
    return {
        path.relative_to(ROOT / folder).as_posix()
        for path in (ROOT / folder).rglob("*")
        if path.suffix in SOURCE_SUFFIXES
    }


def check_wheel(path: Path) -> list[str]:
    """Return what is wrong with the wheel."""
    problems = []
    if not path.name.endswith("-py3-none-any.whl"):
        problems.append(f"{path.name} is not a pure-Python wheel")
    with zipfile.ZipFile(path) as wheel:
        names = set(wheel.namelist())
        (metadata_name,) = (name for name in names if name.endswith(".dist-info/METADATA"))
        metadata = Parser().parsestr(wheel.read(metadata_name).decode())

    expected = {f"microgradnn/{name}" for name in sources("microgradnn")}
    expected |= {f"microgradnn/examples/{name}" for name in sources("examples")}
    expected.add("microgradnn/py.typed")
    problems += [f"the wheel lacks {name}" for name in sorted(expected - names)]
    if not any(name.startswith("microgradnn/examples/") for name in names):
        problems.append("the wheel carries no examples")
    info = metadata_name.partition("/")[0]
    for name in sorted(names):
        if name.endswith(FOREIGN_SUFFIXES) or "__pycache__" in name:
            problems.append(f"the wheel carries {name}, which is not source")
        if name.partition("/")[0] not in {"microgradnn", info}:
            problems.append(f"the wheel carries {name} beside the package")

    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    required = metadata.get_all("Requires-Dist") or []
    core = {requirement for requirement in required if "extra ==" not in requirement}
    if core != set(project["dependencies"]):
        problems.append(f"the wheel requires {sorted(core)}")
    if set(metadata.get_all("Provides-Extra") or []) != set(project["optional-dependencies"]):
        problems.append(f"the wheel provides the extras {metadata.get_all('Provides-Extra')}")
    return problems


def check_sdist(path: Path) -> list[str]:
    """Return what is wrong with the sdist."""
    with tarfile.open(path) as sdist:
        names = {name.partition("/")[2] for name in sdist.getnames()}
    expected = {"pyproject.toml", "README.md", "LICENSE", "CHANGELOG.md", "Makefile", "conftest.py"}
    expected |= {f"microgradnn/{name}" for name in sources("microgradnn")}
    expected |= {f"tests/{name}" for name in sources("tests")}
    expected |= {f"examples/{name}" for name in sources("examples")}
    return [f"the sdist lacks {name}" for name in sorted(expected - names)]


def main() -> int:
    """Print the verdict; return the exit code."""
    folder = Path(sys.argv[1])
    (wheel,) = folder.glob("*.whl")
    (sdist,) = folder.glob("*.tar.gz")
    problems = check_wheel(wheel) + check_sdist(sdist)
    for problem in problems:
        print(problem)
    if not problems:
        print(f"{wheel.name} ({wheel.stat().st_size} bytes) and {sdist.name}: as they should be")
    return 1 if problems else 0


if __name__ == "__main__":
    sys.exit(main())
