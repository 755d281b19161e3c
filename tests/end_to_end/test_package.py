"""What is installed: every package and every file that a user needs, and nothing that must not be."""

import ast
import configparser
import doctest
import importlib
import pkgutil
import re
import subprocess
import sys
import sysconfig
import tomllib
import venv
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
FLOORS = ("models", "scenarios", "forecast")


@pytest.fixture(scope="session")
def setup_cfg():
    parser = configparser.ConfigParser()
    parser.read(ROOT / "setup.cfg", encoding="utf-8")
    return parser


def modules():
    for floor in FLOORS:
        package = importlib.import_module(f"innosi.{floor}")
        yield package.__name__
        yield from (each.name for each in pkgutil.walk_packages(package.__path__, f"{package.__name__}."))


def test_every_package_is_listed(setup_cfg):
    found = {
        ".".join(("innosi", *path.parent.relative_to(ROOT).parts))
        for floor in FLOORS
        for path in (ROOT / floor).rglob("__init__.py")
    }
    listed = set(setup_cfg["options"]["packages"].split())
    assert listed == found | {"innosi.examples", "innosi.handbook"}


def test_only_tested_versions_of_python_are_claimed(setup_cfg):
    claimed = re.findall(r"Python :: (3\.\d+)", setup_cfg["metadata"]["classifiers"])
    assert claimed[0] == setup_cfg["options"]["python_requires"].removeprefix(">=")


def test_pyproject_holds_the_build_system_and_tools_only():
    pyproject = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
    assert set(pyproject) == {"build-system", "tool"}


@pytest.mark.parametrize("module", sorted(modules()))
def test_the_examples_in_docstrings_are_true(module):
    failed, _ = doctest.testmod(importlib.import_module(module))
    assert failed == 0


@pytest.fixture(scope="session")
def installed(tmp_path_factory):
    """A wheel, built and installed in an environment of its own, beside the libraries of this one; its `bin`.

    This checkout is not seen from there: only a folder's own path files lead to an editable install.
    """
    folder = tmp_path_factory.mktemp("wheel")
    build = [sys.executable, "-m", "build", "--wheel", "--outdir", folder, ROOT]
    subprocess.run(build, check=True, capture_output=True)
    (wheel,) = folder.glob("innosi-*.whl")
    venv.create(folder / "own", with_pip=False)
    python = folder / "own" / "bin" / "python"
    pip = [sys.executable, "-m", "pip", "--python", python, "install", "--quiet", "--no-deps", wheel]
    subprocess.run(pip, check=True, capture_output=True)
    own = next((folder / "own" / "lib").glob("python3.*/site-packages"))
    (own / "libraries.pth").write_text(sysconfig.get_path("purelib"), encoding="utf-8")
    return folder / "own" / "bin"


def required(setup_cfg, group=""):
    """The names of what an installation of innosi, or one of its extras, brings along."""
    found = setup_cfg["options.extras_require"][group] if group else setup_cfg["options"]["install_requires"]
    return {re.split(r"[\[ ><=]", line)[0].lower().replace("_", "-") for line in found.strip().splitlines()}


def imported():
    """What the three floors import that is neither Python's nor ours, and where."""
    for path in sorted(path for floor in FLOORS for path in (ROOT / floor).rglob("*.py")):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            names = [alias.name for alias in node.names] if isinstance(node, ast.Import) else []
            names += [node.module] if isinstance(node, ast.ImportFrom) else []
            for top in {name.partition(".")[0] for name in names} - sys.stdlib_module_names - {"innosi"}:
                yield top, path.relative_to(ROOT)


def test_whatever_is_imported_is_required_or_in_an_extra(setup_cfg):
    extras = set(setup_cfg["options.extras_require"]) - {"dev", "benchmarks"}
    brought = required(setup_cfg).union(*(required(setup_cfg, extra) for extra in extras))
    names = {"ruamel": "ruamel.yaml", "docx": "python-docx"}
    names |= {"dask": "distributed", "markupsafe": "jinja2", "pydantic_core": "pydantic"}  # who brings them
    missing = {(top, str(path)) for top, path in imported() if names.get(top, top) not in brought}
    assert missing == set()


@pytest.mark.slow
def test_a_wheel_goes_the_whole_way(installed, tmp_path):
    done = subprocess.run(
        [installed / "innosi", "demo", "--case", "groene-sticht"],
        cwd=tmp_path,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    assert "social return ratio" in done.stdout
    report = (tmp_path / "innosi-demo" / "groene-sticht" / "report.html").read_text(encoding="utf-8")
    assert report.rstrip().endswith("</html>")


@pytest.mark.slow
def test_a_wheel_holds_the_handbook_and_the_marker_of_types(installed):
    code = f"""
from importlib.resources import files
from innosi import forecast
assert not forecast.__file__.startswith({str(ROOT)!r}), forecast.__file__
for floor in ("models", "scenarios", "forecast"):
    assert (files("innosi." + floor) / "py.typed").is_file(), floor
assert (files("innosi.handbook") / "glossary.md").is_file()
assert (files("innosi.examples") / "README.md").is_file()
"""
    subprocess.run([installed / "python", "-c", code], check=True, capture_output=True)
