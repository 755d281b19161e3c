# ruff: noqa: ARG005 - a function has the parameters that are declared, used or not
import math
import pickle
import re
import sys

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from innosi.models.errors import DrawError, InnosiError, ModelError
from innosi.models.python_model import Input, Output, declaration_of, model
from innosi.models.python_model.block import Block

COST = {"cost": Output("Cost", "money")}
TWO = {"people": Input("People"), "price": Input("Price", kind="money")}

FOUR = {"people": np.array([1.0, 2.0, 3.0, 4.0]), "price": np.asarray(10.0)}
DRAWS = {"people": np.arange(10.0), "price": np.full(10, 5.0)}


def declared(function, *, outputs=COST, **options):
    names = function.__code__.co_varnames[: function.__code__.co_argcount]
    return model(inputs={name: Input(name) for name in names}, outputs=outputs, **options)(function)


def times(people, price):
    return people * price


class TestDeclaring:
    def test_a_declared_function_is_still_that_function(self):
        assert model(inputs=TWO, outputs=COST)(times)(3, 4) == 12

    def test_the_first_output_leads_unless_another_is_named(self):
        both = {**COST, "gain": Output("Gain", "money")}
        assert declared(times, outputs=both).main_output == "cost"
        assert declared(times, outputs=both, main_output="gain").main_output == "gain"

    def test_inputs_keep_the_order_of_the_parameters(self):
        turned = dict(reversed(TWO.items()))
        assert list(model(inputs=turned, outputs=COST)(times).inputs) == ["people", "price"]
        values = {"price": [1.0, 2.0], "people": [10.0, 10.0]}
        assert model(inputs=turned, outputs=COST)(times).evaluate(values)["cost"].tolist() == [10, 20]

    @pytest.mark.parametrize(
        ("options", "message"),
        [
            ({"inputs": {}}, r"times: inputs is {}; write inputs="),
            ({"inputs": ["people"]}, r"inputs is \['people'\]"),
            (
                {"inputs": {**TWO, "people": "People"}},
                r"the input 'people' is 'People'; write \"people\": Input",
            ),
            ({"inputs": {**TWO, "2x": Input("X")}}, "'2x' cannot be the name of a parameter"),
            ({"inputs": {**TWO, "for": Input("X")}}, "'for' cannot be the name of a parameter"),
            (
                {"inputs": {**TWO, "people": Input("P", kind="persons")}},
                "has the kind 'persons'; choose one of",
            ),
            (
                {"inputs": {**TWO, "people": Input("P", kind="share", default=25)}},
                r"the default of the input 'people': 25 must be a fraction or a percentage; write 25%",
            ),
            (
                {"inputs": {"people": Input("P"), "prise": Input("P")}},
                "the parameter 'price' is not among its inputs; did you mean 'prise'",
            ),
            ({"inputs": {"people": Input("P")}}, "the parameter 'price' is not among its inputs; declare"),
            ({"inputs": {**TWO, "more": Input("M")}}, "'more' is not among its parameters; write def times"),
            ({"outputs": {}}, r"times: outputs is {}; write outputs="),
            ({"outputs": {"cost": "money"}}, r"the output 'cost' is 'money'; write \"cost\": Output"),
            ({"outputs": {"a cost": Output("C", "money")}}, "'a cost' cannot be the name of a column"),
            ({"outputs": {"draw": Output("C", "money")}}, "'draw' has the name of another column"),
            ({"outputs": {"input.a": Output("C", "money")}}, "'input.a' has the name of another column"),
            ({"main_output": "csot"}, "main output 'csot' is not among its outputs; did you mean 'cost'"),
            ({"vectorised": "yes"}, "vectorised='yes'; write True, False, or leave it out"),
        ],
    )
    def test_what_does_not_fit_together_is_refused(self, options, message):
        with pytest.raises(ModelError, match=message):
            model(**{"inputs": TWO, "outputs": COST, **options})(times)

    @pytest.mark.parametrize(
        ("function", "message"),
        [
            (lambda *people: 1, r"'people' has no place; write its inputs one by one in the place of \*"),
            (lambda **people: 1, r"in the place of \*\*"),
            (lambda *, people: 1, r"take out the \* before it"),
            (3, "stands above a int, not a function"),
            (dict, "stands above a type, not a function"),
            (math.hypot, "does not tell its parameters|'coordinates' has no place"),
        ],
    )
    def test_what_cannot_be_called_by_position_is_refused(self, function, message):
        with pytest.raises(ModelError, match=message):
            model(inputs={"people": Input("People")}, outputs=COST)(function)

    def test_results_that_come_later_are_refused(self):
        def garden(people):
            yield people

        with pytest.raises(ModelError, match="gives its results later"):
            declared(garden)

    def test_a_model_is_declared_once(self):
        with pytest.raises(ModelError, match="times is declared as a model twice; keep one @model"):
            model(inputs=TWO, outputs=COST)(declared(times))

    def test_a_bare_decorator_shows_how_it_is_written(self):
        with pytest.raises(ModelError, match=r"(?s)times is declared without .*\"price\": Input\(\"Price\""):
            model(times)

    def test_the_lines_that_declare_a_function_are_sound(self):
        text = re.sub(r"^    ", "", declaration_of(times), flags=re.MULTILINE)
        assert "def times(people, price): …" in text
        namespace = {}
        exec(text.replace("…", "return people"), namespace)  # noqa: S102 - our own lines
        assert namespace["times"].evaluate({"people": 1, "price": 2})["result"] == 1


class TestCalling:
    @pytest.mark.parametrize("vectorised", [True, False, None])
    def test_constants_and_draws_may_stand_side_by_side(self, vectorised):
        garden = declared(times, vectorised=vectorised)
        values = {"people": np.array([1.0, 2.0, 3.0]), "price": np.asarray(10.0)}
        assert garden.evaluate(values)["cost"].tolist() == [10, 20, 30]
        assert garden.evaluate({"people": 2.0, "price": 10.0})["cost"].shape == ()

    @pytest.mark.parametrize("vectorised", [True, False])
    def test_results_keep_the_shape_of_the_values(self, vectorised):
        people = np.arange(6.0).reshape(2, 3)
        found = declared(times, vectorised=vectorised).evaluate({"people": people, "price": 2.0})
        np.testing.assert_array_equal(found["cost"], 2 * people)

    def test_on_arrays_every_input_has_a_number_for_each_draw(self):
        def shapes(people, price):
            assert people.shape == price.shape == (3,)
            return np.stack([people, price]).sum(axis=0)

        assert declared(shapes, vectorised=True).evaluate({"people": [1, 2, 3], "price": 1})[
            "cost"
        ].shape == (3,)

    def test_draw_by_draw_every_input_is_a_plain_float(self):
        def kinds(people, price):
            assert type(people) is type(price) is float
            return people

        declared(kinds, vectorised=False).evaluate({"people": [1, 2, 3], "price": 1})

    def test_a_result_that_is_used_again_by_the_function_is_copied(self):
        kept = np.zeros(2)

        def garden(people):
            kept[:] = people
            return kept

        garden = declared(garden, vectorised=True)
        first = garden.evaluate({"people": [1.0, 2.0]})["cost"]
        garden.evaluate({"people": [3.0, 4.0]})
        assert first.tolist() == [1, 2]

    def test_whole_numbers_truths_and_numpy_numbers_are_numbers(self):
        results = iter([1, True, np.float32(3), np.int64(4), np.asarray(5.0)])
        garden = declared(lambda people: next(results), vectorised=False)
        assert garden.evaluate({"people": np.zeros(5)})["cost"].tolist() == [1, 1, 3, 4, 5]

    def test_a_missing_input_is_named(self):
        with pytest.raises(ModelError, match="'price' has no number"):
            declared(times).evaluate({"people": 1.0})

    @given(st.lists(st.floats(-1e6, 1e6), min_size=1, max_size=40), st.floats(0.1, 10))
    def test_both_ways_of_calling_agree(self, people, price):
        values = {"people": np.array(people), "price": np.asarray(price)}
        on_arrays, singly = (declared(times, vectorised=each).evaluate(values) for each in (True, False))
        np.testing.assert_array_equal(on_arrays["cost"], singly["cost"])


class TestFindingOut:
    def trial(self, function, vectorised=None, **options):
        return declared(function, vectorised=vectorised, **options).tried(FOUR)

    def test_arithmetic_runs_on_arrays(self):
        assert self.trial(times).vectorised

    def test_an_if_runs_one_draw_at_a_time(self):
        trial = self.trial(lambda people, price: price if people > 2 else people)
        assert not trial.vectorised
        assert "asks a yes or no of a whole array" in trial.reason

    def test_math_runs_one_draw_at_a_time(self):
        trial = self.trial(lambda people, price: math.exp(-people / price))
        assert not trial.vectorised
        assert "TypeError" in trial.reason

    def test_what_needs_arrays_runs_on_arrays(self):
        assert self.trial(lambda people, price: np.where(people > 2, people, 0)[:]).vectorised
        assert self.trial(lambda people, price: people.clip(0, 3)).vectorised

    def test_a_sum_over_the_draws_runs_one_draw_at_a_time(self):
        trial = self.trial(lambda people, price: people / np.sum(people))
        assert not trial.vectorised
        assert trial.reason == "gives another 'cost'"

    def test_a_rounding_difference_is_none(self):
        def exponential(people, price):
            return np.exp(people) if isinstance(people, np.ndarray) else math.exp(people) * (1 + 1e-15)

        assert self.trial(exponential).vectorised

    @pytest.mark.parametrize("vectorised", [True, False, None])
    def test_chance_within_a_function_is_refused(self, vectorised):
        with pytest.raises(ModelError, match="another 'cost' when it is called with the same draws again"):
            self.trial(lambda people, price: people + np.random.default_rng().random(), vectorised)

    def test_a_result_that_depends_on_the_number_of_draws_is_refused(self):
        with pytest.raises(
            ModelError,
            match=r"'cost' of <lambda> depends on how many draws .*: -1.5 among 4, -0.5 among fewer,"
            r" where people = 1, price = 10",
        ):
            self.trial(lambda people, price: people - np.mean(people), vectorised=True)

    def test_a_function_that_fails_both_ways_tells_the_draw(self):
        def garden(people, price):
            if people == 3:
                raise RuntimeError("no third")
            return people

        with pytest.raises(DrawError, match="RuntimeError: no third") as caught:
            self.trial(garden)
        assert caught.value.index == 2


class TestMistakes:
    def refusal(self, function, *, vectorised, outputs=COST):
        with pytest.raises(ModelError) as caught:
            declared(function, vectorised=vectorised, outputs=outputs).evaluate(DRAWS)
        return caught.value

    @pytest.mark.parametrize("vectorised", [True, False])
    def test_an_exception_tells_its_line_and_the_first_draw_that_causes_it(self, vectorised):
        def garden(people, price):
            if np.any(people >= 7):
                raise ValueError("too many people")
            return people

        error = self.refusal(garden, vectorised=vectorised)
        line = garden.__code__.co_firstlineno + 2
        assert error.problem == (
            "garden stopped with ValueError: too many people (test_python_model.py, line"
            f' {line}: raise ValueError("too many people")), where people = 7, price = 5'
        )
        assert error.index == 7
        assert "truncated(" in error.mend
        assert isinstance(error.__cause__, ValueError)

    @given(st.lists(st.booleans(), min_size=1, max_size=70).filter(any))
    def test_the_first_of_the_draws_to_blame_is_found(self, is_bad):
        def garden(people):
            if np.any(people):
                raise ValueError
            return people

        with pytest.raises(DrawError) as caught:
            declared(garden, vectorised=True).evaluate({"people": np.array(is_bad, dtype=float)})
        assert caught.value.index == is_bad.index(True)

    def test_a_draw_gets_its_own_number_from_who_cut_the_blocks(self):
        error = self.refusal(lambda people, price: 1 / (people - 3), vectorised=False)
        assert error.numbered(4096).problem.startswith("draw 4099: <lambda> stopped with ZeroDivisionError")
        assert pickle.loads(pickle.dumps(error)).index == 3

    def test_a_refusal_of_the_functions_own_keeps_its_mend(self):
        def garden(people, price):
            raise InnosiError("nobody comes", mend="invite them")

        error = self.refusal(garden, vectorised=False)
        assert "InnosiError: nobody comes" in error.problem
        assert error.mend == "invite them"

    def test_an_import_within_a_function_belongs_to_the_top_of_its_module(self):
        def garden(people, price):
            import no_such_module

            return no_such_module

        assert self.refusal(garden, vectorised=False).mend.startswith("import it at the top of the module")

    def test_an_exit_within_a_function_ends_no_program(self):
        assert "SystemExit" in self.refusal(lambda people, price: sys.exit(), vectorised=True).problem

    def test_an_exception_that_no_single_draw_causes_says_so(self):
        def garden(people, price):
            if len(people) > 4 and np.ptp(people) > 8:
                raise ValueError("too far apart")
            return people

        error = self.refusal(garden, vectorised=True)
        assert "given 10 draws at once; no single one of them does so" in error.problem
        assert not isinstance(error, DrawError)

    def test_an_if_on_arrays_is_named(self):
        error = self.refusal(lambda people, price: 1 if people > 2 else 0, vectorised=True)
        assert "asks a yes or no of a whole array (test_python_model.py, line" in error.problem
        assert "np.where" in error.mend

    @pytest.mark.parametrize("vectorised", [True, None])
    def test_writing_into_an_input_is_refused(self, vectorised):
        def garden(people, price):
            people *= price
            return people

        error = self.refusal(garden, vectorised=vectorised)
        assert "garden writes into its inputs (test_python_model.py, line" in error.problem
        assert "people *= price" in error.problem
        assert DRAWS["people"].tolist() == list(range(10))

    @pytest.mark.parametrize(
        ("result", "message"),
        [
            (
                lambda people: {"csot": people},
                "gives no 'cost', and gives 'csot', which is not declared; did you",
            ),
            (lambda people: {"cost": people, "gain": 1.0}, "gives 'gain', which is not declared"),
            (lambda people: {}, "gives no 'cost'"),
            (lambda people: "3", "gives '3' for 'cost', not"),
            (lambda people: None, "gives None for 'cost', not"),
            (lambda people: 1 + 2j, r"gives \(1\+2j\) for 'cost', not"),
            (lambda people: object(), "gives a object for 'cost', not"),
        ],
    )
    @pytest.mark.parametrize("vectorised", [True, False])
    def test_something_else_than_declared_is_refused(self, vectorised, result, message):
        error = self.refusal(lambda people, price: result(people), vectorised=vectorised)
        assert re.search(message, error.problem)

    @pytest.mark.parametrize("vectorised", [True, False])
    def test_two_outputs_need_their_names(self, vectorised):
        two = {**COST, "gain": Output("Gain", "money")}
        error = self.refusal(lambda people, price: (1.0, 2.0), vectorised=vectorised, outputs=two)
        assert "tuple" in error.problem
        assert error.mend == "give a dict with cost, gain"

    def test_the_draw_that_gives_something_else_is_named(self):
        def garden(people, price):
            return {"cost": 1.0} if people < 6 else {"cots": 1.0}

        error = self.refusal(garden, vectorised=False)
        assert error.index == 6
        assert error.problem.endswith("did you mean 'cost'? where people = 6, price = 5")

    @pytest.mark.parametrize("found", [[1.0], np.zeros(2), np.zeros((1,)), 10**400])
    def test_one_draw_gives_one_number(self, found):
        error = self.refusal(lambda people, price: found, vectorised=False)
        assert error.index == 0
        assert "not a number" in error.problem

    def test_another_shape_is_refused(self):
        error = self.refusal(lambda people, price: np.zeros((2, 10)), vectorised=True)
        assert "gives 'cost' in the shape (2, 10); wanted (10,)" in error.problem

    def test_a_ragged_list_is_refused(self):
        error = self.refusal(lambda people, price: [[1], [1, 2]], vectorised=True)
        assert "gives a list for 'cost', not numbers" in error.problem

    def test_what_is_infinite_or_not_a_number_is_left_to_the_run(self):
        found = declared(lambda people, price: np.log(people - 1) / people, vectorised=True).evaluate(DRAWS)
        assert np.isnan(found["cost"][0])

    def test_many_inputs_are_not_all_shown(self):
        block = Block.of([f"x{i}" for i in range(20)], {f"x{i}": i for i in range(20)})
        assert block.shown(0).endswith("x11 = 11, and 8 more")


def test_only_code_on_arrays_runs_in_parallel():
    assert declared(times, vectorised=True).runs_in_parallel
    assert not declared(times, vectorised=False).runs_in_parallel
    assert not declared(times).runs_in_parallel
    assert repr(declared(times)) == "<PythonModel times(people, price) → cost>"
