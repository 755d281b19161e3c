import itertools
import os
import pickle
import re
import sys
import time

import numpy as np
import pytest
from jsonschema import Draft202012Validator
from ruamel.yaml import YAML

from innosi.models.errors import InnosiError, InputFaults, ModelError
from innosi.models.python_model import PythonModel
from innosi.scenarios.loading import trying_out
from innosi.scenarios.loading.scenario_file import load_scenarios, scenario_schema
from innosi.scenarios.simulation import simulate

GARDEN = """\
import numpy as np
from innosi.models.python_model import Input, Output, model


@model(
    inputs={
        "visitors": Input("Visitors a year", unit="people"),
        "worth": Input("Worth of a visit", kind="money"),
        "share_new": Input("Share who are new", kind="share", default="10% .. 30%"),
        "copy": Input("Years it lasts", kind="years", default=2),
    },
    outputs={"benefit": Output("Benefit", "money"), "new": Output("New visitors", "people")},
)
def garden(visitors, worth, share_new, copy):
    return {"benefit": visitors * worth * copy, "new": visitors * share_new}
"""

SCENARIO = """\
title: A garden
model: python:garden_model:garden
currency: EUR
draws: 300
base:
  visitors: 100 .. 200
  worth: {value: €2 .. €5, evidence: claim, source: the gardeners}
overrides:
  few: {visitors: 10 .. 20}
  cheap: {worth.value: €1}
scenarios:
  hoped: []
  quiet: [few, cheap]
"""

ISHIGAMI = """\
from numpy import sin
from innosi.models.python_model import Input, Output, model

angle = Input("An angle", unit="radians")


@model(inputs={"x1": angle, "x2": angle, "x3": angle}, outputs={"y": Output("Height", "")})
def ishigami(x1, x2, x3):
    return sin(x1) + 7 * sin(x2) ** 2 + 0.1 * x3**4 * sin(x1)
"""


@pytest.fixture
def written(tmp_path):
    """Write a scenario file beside a module; return the file."""

    def written(scenario=SCENARIO, code=GARDEN, *, module="garden_model", folder="case"):
        path = tmp_path / folder
        path.mkdir(exist_ok=True)
        (path / f"{module}.py").write_text(code, encoding="utf-8")
        (path / "scenario.yaml").write_text(scenario, encoding="utf-8")
        return path / "scenario.yaml"

    return written


@pytest.fixture(autouse=True)
def _as_it_was():
    path, finders = list(sys.path), list(sys.meta_path)
    yield
    assert sys.path == path
    assert sys.meta_path == finders


def body(text):
    """The garden with another body."""
    head = GARDEN.partition("    return {")[0]
    return head + "".join(f"    {line}\n" for line in text.splitlines())


class TestReading:
    def test_numbers_are_read_as_the_kind_that_the_model_declares(self, written):
        experiment = load_scenarios(written()).experiment()
        assert isinstance(experiment.model, PythonModel)
        assert experiment.model.name == "python:garden_model:garden"
        assert list(experiment.estimates) == ["visitors", "worth", "share_new", "copy"]
        assert experiment.estimates["worth"].source == "the gardeners"

    def test_what_the_file_leaves_out_is_the_models_default_and_says_so(self, written):
        share = load_scenarios(written()).experiment().estimates["share_new"]
        assert share.distribution.interval() == pytest.approx((0.1, 0.3))
        assert share.source == "the model's default"

    def test_overrides_reach_a_number_and_what_is_in_it(self, written):
        estimates = load_scenarios(written()).experiment("quiet").estimates
        assert estimates["visitors"].distribution.interval() == pytest.approx((10, 20))
        assert estimates["worth"].distribution.mean == 1
        assert estimates["worth"].source == "the gardeners"

    def test_every_fault_is_told_with_its_line(self, written):
        wrong = SCENARIO.replace("visitors: 100", "vistors: 100").replace("€2 .. €5", "20%")
        with pytest.raises(InputFaults) as caught:
            load_scenarios(written(wrong))
        told = {fault.key: (fault.line, fault.problem) for fault in caught.value.faults}
        assert told["vistors"] == (6, "unknown key; did you mean 'visitors'?")
        assert told["visitors"] == (None, "is missing; add it")
        assert told["worth"][0] == 7
        assert "a percentage where an amount of money is needed" in told["worth"][1]

    @pytest.mark.parametrize(
        ("model", "message"),
        [
            ("value_mpa", "there is no model 'value_mpa'; did you mean 'value_map'"),
            ("sroi", "there is no model 'sroi'; known here: value_map; one of your own is written python:"),
            (
                "python:garden_model",
                "'python:garden_model' does not name a function; write python:",
            ),
            ("python:garden_model.py:garden", "there is no module 'garden_model.py'|is not a package"),
            ("python:../garden:garden", "does not name a function"),
            ("python:garden_modl:garden", "no module 'garden_modl'; looked in .*case, .*mean 'garden_model'"),
            ("python:garden_model:gardn", "garden_model.py has no 'gardn'; did you mean 'garden'"),
            ("python:garden_model:np", "'np' in garden_model.py is a module, not a model"),
            ("python:math:hypot", "'hypot' in math does not say what it needs and gives; declare it"),
        ],
    )
    def test_a_model_that_is_not_there_is_told_at_its_line(self, written, model, message):
        with pytest.raises(InputFaults, match=rf"(?s)line 2  model  .*({message})"):
            load_scenarios(written(SCENARIO.replace("python:garden_model:garden", model)))

    @pytest.mark.parametrize(
        ("code", "message"),
        [
            (
                "import numpyy",
                r"'garden_model' needs 'numpyy', which is not installed \(garden_model.py",
            ),
            ("x = (", r"module 'garden_model' is not sound Python: .* \(garden_model.py, line 1: x = \("),
            (
                "x = 1 / 0",
                r"stopped with ZeroDivisionError: .* \(garden_model.py, line 1: x = 1",
            ),
            ("import sys; sys.exit(3)", "stopped with SystemExit: 3"),
            (
                "def garden(plots): return plots",
                r"(?s)declare it:.*\"plots\": Input\(\"Plots\", ",
            ),
            (GARDEN.replace('"copy": ', '"cpoy": '), "the parameter 'copy' is not among its inputs.*'cpoy'"),
        ],
    )
    def test_a_module_that_cannot_be_used_says_why(self, written, code, message):
        with pytest.raises(InputFaults, match=message):
            load_scenarios(written(code=code))

    def test_two_folders_may_have_modules_of_one_name(self, written):
        with_parts = GARDEN.replace("import numpy", "from parts import FACTOR\nimport numpy").replace(
            '"benefit": visitors', '"benefit": FACTOR * visitors'
        )
        first, second = (written(code=with_parts, folder=folder) for folder in ("one", "two"))
        (first.parent / "parts.py").write_text("FACTOR = 1")
        (second.parent / "parts.py").write_text("FACTOR = 3")
        values = {"visitors": 1.0, "worth": 1.0, "share_new": 0.5, "copy": 1.0}
        models = [load_scenarios(path).experiment().model for path in (first, second, first)]
        assert [float(each.evaluate(values)["benefit"]) for each in models] == [1, 3, 1]
        assert models[0].provenance == models[2].provenance != models[1].provenance

    def test_a_module_that_was_changed_is_read_again(self, written):
        load_scenarios(written())
        path = written(code=GARDEN.replace("* copy", "* copy * 1000"))
        os.utime(path.parent / "garden_model.py", (time.time() + 10,) * 2)
        values = {"visitors": 1.0, "worth": 1.0, "share_new": 0.5, "copy": 1.0}
        assert load_scenarios(path).experiment().model.evaluate(values)["benefit"] == 1000

    def test_a_package_in_the_files_folder_is_found(self, written):
        path = written(SCENARIO.replace("garden_model:", "cases.garden_model:"))
        (path.parent / "cases").mkdir()
        (path.parent / "garden_model.py").rename(path.parent / "cases" / "garden_model.py")
        assert load_scenarios(path).experiment().model.name == "python:cases.garden_model:garden"

    @pytest.mark.parametrize("taken", ["calendar", "numpy"])
    def test_a_module_that_would_hide_another_is_refused(self, written, taken):
        path = written(SCENARIO.replace("garden_model", taken), module=taken)
        with pytest.raises(InputFaults, match=f"'{taken}' is there already.*; give {taken}.py another name"):
            load_scenarios(path)

    def test_a_neighbour_of_the_module_does_not_hide_pythons_own(self, written):
        path = written(code=f"import ftplib\n{GARDEN}")
        sys.modules.pop("ftplib", None)
        (path.parent / "ftplib.py").write_text("raise RuntimeError")
        load_scenarios(path)

    def test_a_model_goes_to_another_process_and_comes_back(self, written):
        model = load_scenarios(written()).experiment().model
        values = {"visitors": 2.0, "worth": 3.0, "share_new": 0.5, "copy": 1.0}
        again = pickle.loads(pickle.dumps(model))
        assert again.evaluate(values) == model.evaluate(values)
        assert again.vectorised is True

    def test_the_schema_takes_a_model_of_ones_own_and_holds_a_value_map_to_its_keys(self, garden_text):
        validator = Draft202012Validator(scenario_schema())
        own, value_map = (YAML(typ="safe", pure=True).load(text) for text in (SCENARIO, garden_text))
        assert list(validator.iter_errors(own)) == []
        assert list(validator.iter_errors({**own, "model": "python:garden"}))
        assert list(validator.iter_errors({**own, "base": {"visitors": [1, 2]}}))
        assert list(validator.iter_errors({**value_map, "base": own["base"]}))


class TestRunning:
    def test_a_function_is_simulated_as_any_model(self, written, noon):
        results = simulate(load_scenarios(written()), at=noon)
        draws = results.draws["hoped", "base"]
        np.testing.assert_array_equal(
            draws.outputs["benefit"], draws.inputs["visitors"] * draws.inputs["worth"] * 2
        )
        assert list(results.headline().columns) == ["scenario", "option", "benefit", "p05", "p95"]
        assert set(results.summary()["output"]) == {"benefit", "new"}
        assert results.provenance()["model"]["code"] == "python:garden_model:garden"

    def test_the_ishigami_function_has_its_published_mean_and_variance(self, written, noon):
        # Source: Ishigami & Homma (1990); mean a/2, variance a²/8 + bπ⁴/5 + b²π⁸/18 + 1/2.
        text = """
title: A function of three angles
model: python:ishigami:ishigami
currency: EUR
base:
  x1: uniform(-3.141592653589793, 3.141592653589793)
  x2: uniform(-3.141592653589793, 3.141592653589793)
  x3: uniform(-3.141592653589793, 3.141592653589793)
"""
        scenarios = load_scenarios(written(text, ISHIGAMI, module="ishigami"))
        y = simulate(scenarios, at=noon, draws=100_000).outputs("base", "base")["y"]
        squares = (y - y.mean()) ** 2
        assert y.mean() == pytest.approx(3.5, abs=4 * y.std() / np.sqrt(y.size))
        assert squares.mean() == pytest.approx(13.844588, abs=4 * squares.std() / np.sqrt(y.size))

    @pytest.mark.parametrize("vectorised", ["True", "False"])
    def test_chunks_change_nothing(self, written, noon, vectorised):
        code = GARDEN.replace('"people")},\n)', f'"people")}},\n    vectorised={vectorised},\n)')
        scenarios = load_scenarios(written(code=code))
        assert scenarios.experiment().model.runs_in_parallel is (vectorised == "True")
        whole, chunked = (simulate(scenarios, at=noon, chunk=size) for size in (1000, 37))
        np.testing.assert_array_equal(
            whole.outputs("quiet", "base")["benefit"], chunked.outputs("quiet", "base")["benefit"]
        )

    def test_an_output_called_a_social_return_needs_nothing_of_a_value_map(self, written, noon):
        code = GARDEN.replace("benefit", "social_return_ratio")
        headline = simulate(load_scenarios(written(code=code)), at=noon).headline()
        assert list(headline.columns) == ["scenario", "option", "social_return_ratio", "p05", "p95"]

    def test_a_mistake_in_a_run_tells_where_and_what_with(self, written, noon):
        code = body("if visitors < 20: raise ValueError('nobody')\nreturn {'benefit': 1.0, 'new': 2.0}")
        scenarios = load_scenarios(written(code=code))
        with pytest.raises(
            ModelError,
            match=r"scenario quiet, option base: .*garden stopped with ValueError: nobody \(garden_model.py,"
            r" line 15: .*\), where visitors = 1\d",
        ):
            simulate(scenarios, at=noon)

    def test_a_result_that_is_no_number_is_told_with_its_draw(self, written, noon):
        code = body("return {'benefit': np.log(visitors - 50), 'new': share_new}")
        with pytest.raises(InnosiError, match=r"'benefit' is no number in draw 0 of scenario quiet"):
            simulate(load_scenarios(written(code=code)), at=noon)


class TestTryingOut:
    def test_a_function_on_arrays_is_found_out_and_says_nothing(self, written):
        scenarios = load_scenarios(written())
        assert scenarios.experiment().model.vectorised is True
        assert scenarios.notes == ()

    def test_a_run_that_takes_long_says_so_and_why(self, written, monkeypatch):
        ticks = itertools.count(0, 0.0005)  # a busy machine does not change what is told
        monkeypatch.setattr(trying_out, "perf_counter", lambda: next(ticks))
        code = body(
            "for _ in range(2000): pass\nbenefit = 0.0 if visitors < 10 else worth\n"
            "return {'benefit': benefit, 'new': 1.0}"
        )
        scenarios = load_scenarios(written(SCENARIO.replace("draws: 300", "draws: 1000000"), code))
        (note,) = scenarios.notes
        assert scenarios.experiment().model.vectorised is False
        assert note.startswith("garden runs one draw at a time, ")
        assert "2 µs each, so that a run takes 3.91 s" in note
        assert "given arrays, it asks a yes or no of a whole array (garden_model.py, line 16" in note

    def test_a_function_that_takes_very_long_is_called_a_few_times_only(self, written):
        code = "import time\nCALLS = []\n" + body(
            "CALLS.append(visitors); time.sleep(0.21)\nreturn {'benefit': float(worth), 'new': 1.0}"
        )
        model = load_scenarios(written(code=code)).experiment().model
        assert len(model.function.__globals__["CALLS"]) <= 4
        assert re.search(r"ms each, so that a run takes 2\.[12]\d? min; written", model.notes[0])

    @pytest.mark.parametrize(
        ("code", "message"),
        [
            ("return {'benefit': 1.0}", "garden gives no 'new'"),
            (
                "return {'benefit': visitors - np.mean(visitors), 'new': 1.0 + 0 * visitors[0]}",
                "depends on how",
            ),
            ("return {'benefit': np.random.default_rng().random(), 'new': 1.0}", "with the same draws again"),
            ("visitors *= 2\nreturn {'benefit': visitors, 'new': 1.0}", "writes into its inputs"),
            ("raise ValueError('no')", "garden stopped with ValueError: no .* where visitors = 141"),
        ],
    )
    def test_a_function_that_cannot_work_is_refused_when_the_file_is_read(self, written, code, message):
        with pytest.raises(InputFaults, match=rf"line 2  model  .*{message}"):
            load_scenarios(written(code=body(code)))

    def test_draws_that_a_run_may_never_make_are_noted_only(self, written):
        code = body("if visitors > 160: raise ValueError('full')\nreturn {'benefit': 1.0, 'new': 2.0}")
        scenarios = load_scenarios(written(code=code))
        (note,) = scenarios.notes
        assert note.startswith("tried on a few draws, garden stopped with ValueError: full")
