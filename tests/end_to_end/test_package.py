"""What is installed: every package and every file that a user needs, and nothing that must not be."""

import configparser
import doctest
import importlib
import pkgutil
import re
import subprocess
import sys
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
    """A wheel, built and installed with its requirements in an empty environment; its `bin` folder."""
    folder = tmp_path_factory.mktemp("wheel")
    build = [sys.executable, "-m", "build", "--wheel", "--outdir", folder, ROOT]
    subprocess.run(build, check=True, capture_output=True)
    (wheel,) = folder.glob("innosi-*.whl")
    venv.create(folder / "empty", with_pip=True)
    pip = [folder / "empty" / "bin" / "python", "-m", "pip", "install", "--quiet", "--no-compile", wheel]
    subprocess.run(pip, check=True, capture_output=True)
    return folder / "empty" / "bin"


@pytest.mark.slow
def test_a_wheel_in_an_empty_environment_goes_the_whole_way(installed, tmp_path):
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
    code = """
from importlib.resources import files
for floor in ("models", "scenarios", "forecast"):
    assert (files(f"innosi.{floor}") / "py.typed").is_file(), floor
assert (files("innosi.handbook") / "glossary.md").is_file()
assert (files("innosi.examples") / "README.md").is_file()
"""
    subprocess.run([installed / "python", "-c", code], check=True, capture_output=True)
