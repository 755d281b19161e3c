import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from innosi.models.distributions import (
    Beta,
    Constant,
    Discrete,
    Empirical,
    Gamma,
    Lognormal,
    Metalog,
    Mixture,
    Normal,
    Pert,
    Triangular,
    Truncated,
    Uniform,
    fit_interval,
    fit_quantiles,
    parse_distribution,
)
from innosi.models.errors import DistributionError


@pytest.mark.parametrize(
    ("text", "kind", "expected"),
    [
        ("12", "number", Constant(12.0)),
        ("-3", "number", Constant(-3.0)),
        ("−3", "number", Constant(-3.0)),
        ("1_500", "number", Constant(1500.0)),
        ("1.5k", "number", Constant(1500.0)),
        ("1.2M", "number", Constant(1.2e6)),
        ("3bn", "number", Constant(3e9)),
        ("2 million", "number", Constant(2e6)),
        ("1e6", "number", Constant(1e6)),
        (".5", "number", Constant(0.5)),
        ("25%", "share", Constant(0.25)),
        ("0.25", "share", Constant(0.25)),
        ("-2%", "rate", Constant(-0.02)),
        ("€1.2M", "money", Constant(1.2e6)),
        ("EUR 300", "money", Constant(300.0)),
        ("300 EUR", "money", Constant(300.0)),
        ("-€75", "money", Constant(-75.0)),
        ("10 .. 20", "number", fit_interval(10, 20, family="lognormal")),
        ("10..20", "number", fit_interval(10, 20, family="lognormal")),
        ("-5 .. 20", "number", fit_interval(-5, 20, family="normal")),
        ("normal 10 .. 20", "number", fit_interval(10, 20, family="normal")),
        ("10 .. 20 @ 80%", "number", fit_interval(10, 20, coverage=0.8)),
        ("€1.2M .. €3M", "money", fit_interval(1.2e6, 3e6)),
        ("5% .. 15%", "share", fit_interval(0.05, 0.15, is_share=True)),
        ("2% .. 5%", "rate", fit_interval(0.02, 0.05, family="lognormal")),
        ("triangular(1, 2, 4)", "number", Triangular(1.0, 2.0, 4.0)),
        ("pert( 1 ,2,4 )", "number", Pert(1.0, 2.0, 4.0)),
        ("uniform(low=1, high=4)", "number", Uniform(1.0, 4.0)),
        ("normal(10, standard_deviation=2)", "number", Normal(10.0, 2.0)),
        ("lognormal(mu=1, sigma=0.5)", "number", Lognormal(1.0, 0.5)),
        ("beta(2, 5)", "share", Beta(2.0, 5.0)),
        ("gamma(2, 3)", "number", Gamma(2.0, 3.0)),
        ("metalog([10, 2])", "number", Metalog((10.0, 2.0))),
        ("discrete([1, 2], [30%, 70%])", "share", None),
        ("discrete([1, 2], [0.3, 0.7])", "number", Discrete((1.0, 2.0), (0.3, 0.7))),
        ("empirical([3, 1, 2])", "number", Empirical((1.0, 2.0, 3.0))),
        ("truncated(normal(0, 1), low=0)", "number", Truncated(Normal(0.0, 1.0), 0.0)),
        ("mixture([1, 3])", "number", Mixture((Constant(1.0), Constant(3.0)), (0.5, 0.5))),
        ("{}", "number", None),
    ],
)
def test_a_text_reads_as_what_it_says(text, kind, expected):
    if expected is None:
        with pytest.raises(DistributionError):
            parse_distribution(text, kind=kind)
    else:
        currency = "EUR" if kind == "money" else None
        assert parse_distribution(text, kind=kind, currency=currency) == expected


UNREADABLE = [
    # text, kind, message, column of the caret
    ("", "number", "nothing there", 0),
    ("..", "number", "a number is missing: found '.'", 0),
    ("10 ..", "number", "the text ends; write a number", 5),
    ("10 .. 20x", "number", "unexpected 'x'", 8),
    ("10 - 20", "number", r"unexpected '-'; write a range as 10 .. 20", 3),
    ("10 to 20", "number", r"write a range as 10 .. 20", 3),
    (
        "€ 90.000 .. € 130.000",
        "money",
        r"a dot before three digits, which may mean thousands; write 90000",
        2,
    ),
    ("€1.125", "money", r"write 1125 \(or 1_125\) for thousands, and 1.125 for decimals", 1),
    ("1.500 .. 2.500", "number", r"write 1500 \(or 1_500\) for thousands, and 1.5 for decimals", 0),
    ("1,000", "number", r"a comma within a number; write 1000", 1),
    ("3,5", "number", r"3.5 with a point", 1),
    ("20 .. 10", "number", "out of order", 0),
    ("5% .. 15", "share", "one end is a percentage and the other is not", 6),
    ("€1M .. £2M", "money", r"£ in a file whose currency is EUR; write \{value: …, currency: GBP\}", 7),
    ("5%", "number", "a percentage where a plain number is needed", 1),
    ("5%", "money", "a percentage where an amount of money is needed", 1),
    ("€5", "share", "'€' where a share is needed", 0),
    ("€5", "years", "where a time in years is needed", 0),
    ("trianglar(1, 2, 3)", "number", "did you mean 'triangular'", 0),
    ("normal(1)", "number", "normal takes mean, standard_deviation; 1 given", 0),
    ("normal(1, 2, 3)", "number", "3 given", 0),
    ("normal(1, standard_deviatin=3)", "number", "did you mean 'standard_deviation'", 0),
    ("normal(mean=1, 3)", "number", "name it too", 15),
    ("normal(1, 2", "number", r"a \) is missing", 11),
    ("normal(1, 2))", "number", r"unexpected '\)'", 12),
    ("normal(0, -1)", "number", "standard deviation is -1; it must be above 0", 0),
    ("lognormal(1, 2)", "number", r"write lognormal\(mean=…, standard_deviation=…\)", 0),
    ("triangular(3, 2, 1)", "number", "out of order", 0),
    ("uniform(1, 1)", "number", "out of order", 0),
    ("discrete([1, 2], [0.5, 0.6])", "number", r"the probabilities add up to 1\.1", 0),
    ("mixture([1, 2], [0.5])", "number", "2 components, 1 weights", 0),
    ("nan", "number", "cannot read 'nan'", 0),
    ("1 .. inf", "number", "found 'i'", 5),
    ("10 .. 20 @ 80", "number", "a coverage of 80", 0),
    ("2 + 3", "number", r"unexpected '\+'", 2),
    ("truncated(normal(0, 1), low=50)", "number", "nothing between 50", 0),
]


@pytest.mark.parametrize(("text", "kind", "message", "column"), UNREADABLE)
def test_an_unreadable_text_is_shown_with_a_caret_at_what_is_wrong(text, kind, message, column):
    with pytest.raises(DistributionError, match=message) as caught:
        parse_distribution(text, kind=kind, currency="EUR" if kind == "money" else None)
    *_, shown, caret = str(caught.value).split("\n")
    assert shown == f"  {text}"
    assert caret == f"  {' ' * column}^"


@pytest.mark.parametrize(
    ("source", "kind", "message"),
    [
        (3.5, "rate", r"3.5 must be a fraction or a percentage; write 3.5% or 0.035"),
        (1.2, "share", r"must be a fraction or a percentage"),
        ("130%", "share", r"130 % is more than the whole"),
        ("15 .. 40", "share", r"40 must be a fraction or a percentage"),
        (-0.1, "share", "a share lies between 0 and 1, but -0.1 can be below 0"),
        ("normal(0.5, 0.2)", "share", r"use a beta, or truncated\(normal\(0.5, 0.2\), low=0, high=1\)"),
        (-1, "years", "a time cannot be negative"),
        (True, "number", "found True, not a number"),
        (None, "number", "not a number"),
        ([1, 2], "number", "not a distribution"),
        ({}, "number", "not a distribution"),
        (float("nan"), "number", "finite"),
        (float("inf"), "number", "finite"),
        ({"famly": "normal"}, "number", "give `family`"),
        ({"family": "norml", "mean": 1}, "number", "did you mean 'normal'"),
        ({"family": "normal", "mean": 1, "sd": 2}, "number", "normal has no 'sd'"),
        ({"family": "normal", "mean": "x", "standard_deviation": 2}, "number", "cannot read 'x'"),
        ({"5%": 3, "95%": 1}, "number", "out of order: 3 at 5%, but 1 at 95%"),
        ({"5%": 1, "50%": 3, "95%": 2}, "number", "out of order: 3 at 50%, but 2 at 95%"),
        ({"5%": 1, "105%": 2}, "number", "a probability of 1.05"),
        ({"5%": 1}, "number", "1 of them; give two or more"),
        ({"5%": 10, "95%": 20}, "share", "must be a fraction or a percentage"),
        (
            {"5%": 1, "95%": 2, "hight": 3},
            "number",
            "unknown key 'hight' beside quantiles; did you mean 'high'",
        ),
        ({"x%": 1, "95%": 2}, "number", "'x%' is no probability"),
        ({"samples": 3}, "number", "a list of at most"),
        ({"samples": []}, "number", "0 values"),
        ({"family": "beta", "mean": 0.5, "standard_deviation": 0.6}, "share", "no beta has mean 0.5"),
    ],
)
def test_plain_data_that_says_no_distribution_is_refused(source, kind, message):
    with pytest.raises(DistributionError, match=message):
        parse_distribution(source, kind=kind)


@pytest.mark.parametrize("text", ["truncated(" * 25 + "1", "mixture([" * 25 + "1"])
def test_deep_nesting_is_refused(text):
    with pytest.raises(DistributionError, match="nested too deeply"):
        parse_distribution(text)


def test_deeply_nested_data_is_refused():
    data = 1.0
    for _ in range(30):
        data = {"family": "truncated", "distribution": data}
    with pytest.raises(DistributionError, match="nested too deeply"):
        parse_distribution(data)


numbers = st.floats(-1e9, 1e9).map(lambda x: float(f"{x:.9g}"))
sizes = st.floats(0.01, 1e6)


@st.composite
def ordered(draw, n):
    low = draw(numbers)
    steps = draw(st.lists(sizes, min_size=n - 1, max_size=n - 1))
    points = [low]
    for step in steps:
        points.append(points[-1] + max(step, abs(points[-1]) * 1e-6))
    return points


simple = st.one_of(
    st.builds(Constant, numbers),
    st.builds(Normal, numbers, sizes),
    st.builds(Lognormal, st.floats(-5, 10), st.floats(0.01, 2)),
    ordered(3).map(lambda points: Triangular(*points)),
    ordered(3).map(lambda points: Pert(*points)),
    ordered(2).map(lambda points: Uniform(*points)),
    st.builds(Beta, st.floats(0.5, 50), st.floats(0.5, 50)),
    st.builds(Gamma, st.floats(0.5, 50), sizes),
    st.lists(numbers, min_size=1, max_size=20).map(lambda values: Empirical(tuple(values))),
    ordered(2).map(lambda points: fit_interval(*points, family="normal")),
    st.tuples(st.floats(0.01, 1e4), st.floats(1.01, 100)).map(
        lambda pair: fit_interval(pair[0], pair[0] * pair[1])
    ),
    ordered(3).map(lambda points: fit_quantiles([0.05, 0.5, 0.95], points)),
    st.sets(numbers, min_size=2, max_size=2).map(lambda values: Discrete(tuple(values), (0.25, 0.75))),
)
nested = st.one_of(
    simple,
    st.lists(simple, min_size=1, max_size=4).map(
        lambda parts: Mixture(tuple(parts), (1 / len(parts),) * len(parts))
    ),
    st.builds(Normal, st.floats(-5, 5), st.floats(0.1, 5)).map(lambda inner: Truncated(inner, inner.mean)),
)


@given(nested)
def test_text_and_data_read_back_equal(distribution):
    assert parse_distribution(str(distribution)) == distribution
    assert parse_distribution(distribution.to_data()) == distribution
    assert parse_distribution(json.loads(json.dumps(distribution.to_data()))) == distribution


@given(nested)
def test_yaml_reads_back_equal(distribution):
    from io import StringIO

    from ruamel.yaml import YAML

    yaml, stream = YAML(typ="safe", pure=True), StringIO()
    yaml.dump({"x": distribution.to_data()}, stream)
    assert parse_distribution(yaml.load(stream.getvalue())["x"]) == distribution
