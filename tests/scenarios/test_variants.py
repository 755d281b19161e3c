"""Imports, sweeps, probabilities, conversions: what makes a scenario file complete."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from innosi.models.distributions import parse_distribution
from innosi.models.distributions.scaling import scaled
from innosi.models.errors import InnosiError, InputFaults
from innosi.scenarios.loading.document import read_document
from innosi.scenarios.loading.imports import with_imports
from innosi.scenarios.loading.scenario_file import load_scenarios, load_with_document
from innosi.scenarios.loading.showing import differences, resolved_file
from innosi.scenarios.simulation import simulate


@pytest.fixture
def written(tmp_path):
    def written(**files):
        for name, text in files.items():
            (tmp_path / f"{name}.yaml").write_text(text, encoding="utf-8")
        return tmp_path / "main.yaml"

    return written


# Imports


def test_an_importing_file_has_the_last_word_and_maps_merge(written):
    main = written(
        one="base: {a: 1, deep: {x: 1, y: 1}, list: [1, 2]}\n",
        two="base: {deep: {y: 2}}\n",
        main="imports: [one.yaml, two.yaml]\nbase:\n  a: 3\n  list: [9]\n",
    )
    document = with_imports(read_document(main))
    assert document.data == {"base": {"a": 3, "deep": {"x": 1, "y": 2}, "list": [9]}}
    assert (document.source_of(("base", "a")), document.line_of(("base", "a"))) == ("", 3)
    assert document.source_of(("base", "deep", "y")).endswith("two.yaml")


def test_what_is_to_be_replaced_is_not_merged(written):
    main = written(
        one="base: {deep: {x: 1, y: 1}}\n",
        main="imports: [one.yaml]\nreplace: [base.deep]\nbase: {deep: {z: 3}}\n",
    )
    assert with_imports(read_document(main)).data == {"base": {"deep": {"z": 3}}}


def test_what_is_imported_may_import_from_its_own_folder(written, tmp_path):
    (tmp_path / "shared").mkdir()
    (tmp_path / "shared" / "b.yaml").write_text("base: {b: {judgement: q, from: judgements.json}}\n")
    (tmp_path / "shared" / "a.yaml").write_text("imports: [b.yaml]\nbase: {a: 1}\n")
    document = with_imports(read_document(written(main="imports: [shared/a.yaml]\n")))
    assert document.data["base"]["b"]["from"] == "shared/judgements.json"


def test_the_hash_of_a_file_covers_what_it_imports(written):
    main = written(one="base: {a: 1}\n", main="imports: [one.yaml]\n")
    before = with_imports(read_document(main)).sha256
    written(one="base: {a: 2}\n")
    assert with_imports(read_document(main)).sha256 != before


@pytest.mark.parametrize(
    ("files", "said"),
    [
        ({"main": "imports: [main.yaml]\n"}, "goes round in a circle: main.yaml imports main.yaml"),
        (
            {"main": "imports: [one.yaml]\n", "one": "imports: [main.yaml]\n"},
            "main.yaml imports one.yaml imports main.yaml",
        ),
        ({"main": "title: x\nimports: [none.yaml]\n"}, r"line 2 .*none.yaml: no such file"),
        ({"main": "imports: one.yaml\n"}, "is no list of names; write imports: "),
        ({"main": "imports: [one.yaml]\n", "one": "a: [\n"}, "one.yaml: 1 fault"),
    ],
)
def test_imports_that_cannot_be_are_told(written, files, said):
    with pytest.raises(InputFaults, match=said):
        with_imports(read_document(written(**files)))


def test_a_fault_in_an_imported_file_names_it(written, garden_text):
    head, base = garden_text.split("base:\n", 1)
    base, rest = base.split("overrides:\n", 1)
    main = written(
        shared="base:\n" + base.replace("deadweight:", "dead_weight:"),
        main=f"{head}imports: [shared.yaml]\noverrides:\n{rest}",
    )
    with pytest.raises(InputFaults, match=r"shared.yaml line \d+ .*dead_weight .*did you mean 'deadweight'"):
        load_scenarios(main)


# Sweeps and probabilities


def test_a_sweep_makes_a_variant_of_every_scenario(load, garden_text, noon):
    swept = load(garden_text + "sweep:\n  discount_rate: [2%, 5%]\n")
    names = [each.scenario for each in swept.experiments]
    assert names[::2] == [
        "as_hoped, discount_rate=2%",
        "as_hoped, discount_rate=5%",
        "quiet, discount_rate=2%",
        "quiet, discount_rate=5%",
    ]
    assert swept.scenario_titles[names[-1]] == "Few neighbours come, discount_rate=5%"
    assert swept.experiments[2].resolved.origins["discount_rate"] == "sweep discount_rate=5%"
    results = simulate(swept, at=noon)
    low, high = (results.figure("present_value", names[i], "small").median for i in (0, 2))
    assert low > high


def test_probabilities_and_weights_add_up_to_one(load, garden_text):
    text = garden_text.replace("as_hoped: []", "as_hoped: {probability: 60%}").replace(
        "title: Few neighbours come,", "title: Few neighbours come, probability: 0.4,"
    )
    assert load(text).scenario_probabilities == pytest.approx({"as_hoped": 0.6, "quiet": 0.4})
    weighted = text.replace("probability: 60%", "weight: 3").replace("probability: 0.4", "weight: 1")
    assert load(weighted).scenario_probabilities == pytest.approx({"as_hoped": 0.75, "quiet": 0.25})
    assert load(garden_text).scenario_probabilities == {}


HOPED, QUIET, SMALL = "as_hoped: []", "{title: Few neighbours come, overrides: [few_come]}", "small: []"


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({HOPED: "as_hoped: {probability: 60%}"}, "quiet .*has no probability or weight, but others have"),
        (
            {HOPED: "as_hoped: {probability: 60%}", QUIET: "{probability: 60%}"},
            "probabilities add up to 1.2",
        ),
        ({HOPED: "as_hoped: {probability: 120%}", QUIET: "{probability: 0}"}, "as_hoped.probability"),
        ({HOPED: "as_hoped: {probability: 1}", QUIET: "{weight: 2}"}, "keep one kind"),
        ({HOPED: "as_hoped: {weight: -1}", QUIET: "{weight: 2}"}, "a weight is 0 or more"),
        ({HOPED: "as_hoped: {weight: 0}", QUIET: "{weight: 0}"}, "all weights are 0"),
        ({SMALL: "small: {probability: 1}"}, "an option is decided, and has no probability"),
        ({"overrides:\n": "sweep: {discount_rate: [2%]}\noverrides:\n"}, "less than two values"),
        ({"overrides:\n": "sweep: {discount_rate: [2%, 2%]}\noverrides:\n"}, "a value twice"),
        (
            {"overrides:\n": "sweep: {inputs.grant.amount: [1, 2]}\noverrides:\n"},
            "override bigger has the last word on it",
        ),
        ({"overrides:\n": "sweep: {discount_rat: [1%, 2%]}\noverrides:\n"}, "did you mean 'discount_rate'"),
        (
            {"overrides:\n": f"sweep: {{discount_rate: {[i / 10_000 for i in range(999)]}}}\noverrides:\n"},
            "makes 3,996 experiments",
        ),
        ({"seed: 1": "seed: spring"}, "seed .*whole number"),
        ({"draws: 500": "draws: 0"}, r"1 fault\n  line 6  draws  must be a whole number from 1 .*found 0"),
        ({"draws: 500": "draws: [1]"}, r"1 fault\n  line 6  draws  must be"),
        ({"draws: 500": "draws: {at_most: many}"}, r"1 fault\n  line 6  draws.at_most  must be a whole"),
        ({"draws: 500": "draws: {off: x}"}, r"1 fault\n  line 6  draws.off  unknown key; did you mean 'of'"),
    ],
)
def test_what_cannot_be_is_told_with_its_line(load, garden_text, changes, said):
    text = garden_text
    for before, after in changes.items():
        assert before in text
        text = text.replace(before, after, 1)
    with pytest.raises(InputFaults, match=said) as caught:
        load(text)
    assert all(fault.line for fault in caught.value.faults)


# Conversions

CONVERSION = """\
conversion:
  currencies: {GBP: {rate: 1.25, source: the central bank on 1 July 2016}}
  price_index: {values: {2012: 80, 2016: 100}, source: the office of statistics}
"""


def test_an_amount_is_converted_at_the_rate_that_is_given(load, garden_text):
    stated = "{value: £10k .. £20k, currency: GBP, price_year: 2012, note: As budgeted}"
    text = CONVERSION + garden_text.replace("amount: €30k .. €50k", f"amount: {stated}")
    grant = load(text).experiment().estimates["inputs.grant.amount"]
    assert grant.distribution.interval(0.9) == pytest.approx((15_625, 31_250))  # × 1.25 × 100 / 80, by hand
    assert grant.note == (
        "As budgeted; 1 GBP = 1.25 EUR (the central bank on 1 July 2016);"
        " prices of 2012 to 2016 by 100 / 80 (the office of statistics)"
    )


@pytest.mark.parametrize(
    ("stated", "said"),
    [
        ("£10k", r"\{value: …, currency: GBP\}, and give its rate under `conversion`"),
        ("{value: $10k, currency: USD}", "an amount in USD, in a file in EUR; give the rate"),
        ("{value: €10k, price_year: 1999}", "prices of 1999, in a file of 2016; give the index of 1999"),
        ("{value: €10k, price_year: soon}", "which is no year"),
    ],
)
def test_nothing_is_converted_at_a_rate_that_is_not_given(load, garden_text, stated, said):
    text = CONVERSION + garden_text.replace("amount: €30k .. €50k", f"amount: {stated}")
    with pytest.raises(InputFaults, match=said):
        load(text)


@settings(max_examples=60)
@given(
    st.sampled_from(
        [
            "7", "normal(3, 2)", "lognormal(mu=1, sigma=0.4)", "uniform(-2, 5)", "triangular(1, 2, 4)",
            "pert(1, 2, 9)", "beta(2, 6)", "gamma(2, 3)", "metalog([1, 2, 0.3])", "metalog([1, 0.5], low=1)",
            "metalog([1, 0.5], high=9)", "metalog([1, 0.5], low=0, high=9)", "discrete([1, 2], [0.4, 0.6])",
            "empirical([1, 3, 4])", "mixture([normal(0, 1), uniform(2, 3)])", "truncated(10 .. 20, high=30)",
            "10 .. 20", "truncated(normal(0, 1), low=-1)",
        ]
    ),
    st.floats(0.01, 1000),
)  # fmt: skip
def test_every_family_is_scaled_to_its_own_kind(text, factor):
    distribution = parse_distribution(text)
    found = scaled(distribution, factor)
    assert type(found) is type(distribution)
    u = np.linspace(0.01, 0.99, 21)
    np.testing.assert_allclose(found.quantile(u), factor * distribution.quantile(u), rtol=1e-6)
    assert found.mean == pytest.approx(factor * distribution.mean, rel=1e-5, abs=1e-9)


def test_nothing_is_scaled_by_nought():
    with pytest.raises(InnosiError, match="a factor of 0"):
        scaled(parse_distribution("10 .. 20"), 0)


# What a file comes to


def test_a_resolved_file_gives_the_same_numbers(written, garden_text, tmp_path, noon):
    main = written(
        main="imports: [shared.yaml]\n" + garden_text.replace("seed: 1\n", ""),
        shared=CONVERSION + "seed: 1\nsweep: {discount_rate: [2%, 5%]}\n",
    )
    scenarios, document = load_with_document(main)
    name = "quiet, discount_rate=5%"
    text = resolved_file(scenarios, scenarios.experiment(name, "large"), document)
    (tmp_path / "resolved.yaml").write_text(text, encoding="utf-8")
    alone = simulate(load_scenarios(tmp_path / "resolved.yaml"), at=noon)
    for output, figure in alone.draws["base", "base"].outputs.items():
        expected = simulate(scenarios, at=noon).outputs(name, "large")[output]
        np.testing.assert_array_equal(figure, expected)
        break
    assert "quantity: 40 .. 120" in text
    assert "# bigger, line" in text
    assert "# sweep discount_rate=5%, " in text
    assert "shared.yaml line" in text
    assert "4. the option's overrides" in text


def test_differences_name_what_is_not_alike(load, garden_text):
    scenarios = load(garden_text)
    found = list(differences(scenarios.experiment("quiet", "small"), scenarios.base))
    assert [(each.key, each.there, each.here) for each in found] == [
        ("outcomes.less_loneliness.quantity", "20 .. 60", "5 .. 20")
    ]
    assert found[0].origin.startswith("few_come, line ")
    assert list(differences(scenarios.base, scenarios.base)) == []


@pytest.mark.parametrize(
    ("weight", "origin", "said"),
    [
        ("weight: 10%", "", "weights"),
        ("weight: 3", "weighting: basins of succession", "weights (basins of succession)"),
        ("probability: 100%", "weighting: a panel of 12", "probabilities (a panel of 12)"),
        ("title: x", "weighting: nobody", ""),
    ],
)
def test_what_scenarios_are_counted_by_is_said(garden_text, load, weight, origin, said):
    text = f"{garden_text.partition('scenarios:')[0]}scenarios: {{one: {{{weight}}}}}\n{origin}\n"
    assert load(text).weighting == said
