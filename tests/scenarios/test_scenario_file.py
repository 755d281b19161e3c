import json

import pytest

from innosi.models.errors import InnosiError, InputFaults
from innosi.models.estimates import EvidenceGrade
from innosi.scenarios.loading.scenario_file import scenario_schema


def test_every_option_meets_every_scenario(garden):
    pairs = [(each.scenario, each.option) for each in garden.experiments]
    assert pairs == [("as_hoped", "small"), ("as_hoped", "large"), ("quiet", "small"), ("quiet", "large")]
    assert garden.scenario_titles == {"as_hoped": "as hoped", "quiet": "Few neighbours come"}


def test_a_scenario_changes_what_it_names_and_nothing_else(garden):
    hoped, quiet = garden.experiment("as_hoped", "small"), garden.experiment("quiet", "small")
    changed = {key for key in hoped.estimates if hoped.estimates[key] != quiet.estimates[key]}
    assert changed == {"outcomes.less_loneliness.quantity"}
    assert dict(quiet.resolved.origins) == {"outcomes.less_loneliness.quantity": "few_come"}


def test_the_option_has_the_last_word_and_the_file_says_so(garden):
    both = garden.experiment("quiet", "large")
    assert both.estimates["outcomes.less_loneliness.quantity"].stated == "40 .. 120"
    assert garden.notes == (
        "outcomes.less_loneliness.quantity: option large has the last word over scenario quiet",
    )


def test_a_bare_number_is_an_assumption_and_a_written_out_one_says_its_evidence(garden):
    estimates = garden.experiment().estimates
    assert estimates["outcomes.less_loneliness.duration"].evidence is EvidenceGrade.ASSUMPTION
    proxy = estimates["outcomes.less_loneliness.financial_proxy"]
    assert (proxy.evidence, proxy.source, proxy.stated) == (EvidenceGrade.CLAIM, "a report", "300 .. 1500")


def test_without_scenarios_and_options_there_is_the_base_case(load, garden_text):
    scenarios = load(garden_text[: garden_text.index("overrides:")])
    assert [(each.scenario, each.option) for each in scenarios.experiments] == [("base", "base")]


def test_an_override_that_nothing_uses_is_noted(load, garden_text):
    scenarios = load(garden_text.replace("options:\n  small: []\n  large: [bigger]\n", ""))
    assert "override bigger: no scenario or option uses it" in scenarios.notes


def changed(old, new):
    return lambda text: text.replace(old, new, 1)


FAULTS = {
    "an unknown key": (
        changed("deadweight: 20% .. 60%", "dead_weight: 20%"),
        r"line 25 +outcomes\.less_loneliness\.dead_weight +unknown key; did you mean 'deadweight'\?",
    ),
    "an unknown key at the top": (
        changed("price_year", "price_yaer"),
        r"line 4 +price_yaer .*mean 'price_year'",
    ),
    "a missing key": (
        changed("      duration: 2 .. 4\n", ""),
        r"less_loneliness\.duration +is missing; add it",
    ),
    "a rate that is a percentage without its sign": (
        changed("3.5%", "3.5"),
        r"line 8 +discount_rate .*must be a fraction or a percentage; write 3.5% or 0.035",
    ),
    "a probability above 1": (
        changed("attribution: 30%", "attribution: 130%"),
        r"line 26 +\S+attribution +.*130 % is more than the whole",
    ),
    "another currency": (changed("€30k .. €50k", "£30k .. £50k"), r"line 15 +inputs\.grant\.amount .*EUR"),
    "a currency on a share": (changed("attribution: 30%", "attribution: €30"), r"line 26 +\S+attribution"),
    "a percentage as a quantity": (changed("quantity: 20 .. 60", "quantity: 20%"), r"line 22 +\S+quantity"),
    "an interval upside down": (changed("20 .. 60", "60 .. 20"), r"line 22 +\S+quantity"),
    "quantiles out of order": (
        changed("quantity: 20 .. 60", "quantity: {5%: 10, 50%: 30, 95%: 20}"),
        r"line 22 +\S+quantity +.*order",
    ),
    "a decimal comma": (
        changed("€14.50", "€14,50"),
        r"line 16 +inputs\.time\.50 .*put a text with a comma in quotes.*3.5 with a point",
    ),
    "no number": (changed("quantity: 5\n", "quantity:\n"), r"line 32 +outcomes\.savings\.quantity"),
    "a truth value": (changed("quantity: 5\n", "quantity: true\n"), r"line 32 .*not a number"),
    "an unknown perspective": (
        changed("perspective: fiscal", "perspective: fiscale"),
        r"line 36 .*choose one of: fiscal, economic, social",
    ),
    "an unknown grade": (changed("evidence: claim", "evidence: claims"), r"did you mean 'claim'"),
    "an unknown stakeholder": (
        changed("stakeholder: municipality, amount", "stakeholder: municipalty, amount"),
        r"line 15 +inputs\.grant\.stakeholder .*no stakeholder 'municipalty'; did you mean 'municipality'",
    ),
    "an unknown activity": (changed("activity: gardening", "activity: garden"), r"did you mean 'gardening'"),
    "an unknown model": (changed("model: value_map", "model: value_mop"), r"line 2 +model .*'value_map'"),
    "an unknown override": (
        changed("[few_come]", "[few_comes]"),
        r"scenarios\.quiet .*did you mean 'few_come'",
    ),
    "an override of a key that the base lacks": (
        changed("outcomes.less_loneliness.quantity: 5", "outcomes.less_lonelyness.quantity: 5"),
        r"line 40 .*the base has no 'less_lonelyness'; did you mean 'less_loneliness'",
    ),
    "an override of a correction that the base lacks": (
        changed("outcomes.less_loneliness.quantity: 5", "outcomes.savings.deadweight: 5"),
        r"line 40 .*the base has no 'deadweight'",
    ),
    "an override below a bare value": (
        changed("outcomes.less_loneliness.quantity: 5 .. 20", "outcomes.less_loneliness.quantity.value: 5"),
        r"gives outcomes\.less_loneliness\.quantity as one bare value",
    ),
    "a bad value in an override": (
        changed("5 .. 20", "5 .. x"),
        r"line 40 +outcomes\.less_loneliness\.quantity",
    ),
    "a rate and a schedule": (
        changed("discount_rate: 3.5%", "discount_rate: 3.5%\n  discount_schedule: netherlands-2021"),
        r"discount_rate +stands beside discount_schedule",
    ),
    "neither rate nor schedule": (changed("  discount_rate: 3.5%\n", ""), r"discount_rate +is missing"),
    "an unknown schedule": (
        changed("discount_rate: 3.5%", "discount_schedule: netherlands-2012"),
        r"did you mean 'netherlands-2021'",
    ),
    "an input without an amount": (
        changed(", hours: 1000, hourly_rate: €14.50", ""),
        r"line 16 +inputs\.time +has no amount",
    ),
    "an amount and hours": (changed("hours: 1000", "hours: 1000, amount: 5"), r"stands beside hours"),
    "deadweight and a counterfactual": (
        changed("deadweight: 20% .. 60%", "deadweight: 20%\n      counterfactual_quantity: 3"),
        r"stands beside counterfactual_quantity",
    ),
    "a duration without end": (
        changed("duration: 2 .. 4", "duration: 1 .. 90"),
        r"duration +can reach .* years; bound",
    ),
    "a start in year 3": (
        changed("start: 2", "start: 3"),
        r"line 35 +outcomes\.savings\.start .*choose one of: 1, 2",
    ),
    "a currency that is none": (changed("currency: EUR", "currency: euro"), r"line 3 +currency"),
    "no draws": (changed("draws: 500", "draws: 0"), r"line 6 +draws"),
    "a section that is a text": (
        changed("  inputs:\n", "  inputs: none\n  inputz:\n"),
        r"inputs +must hold `key: value`",
    ),
    "a value and a misspelt key": (
        changed("{value: 300 .. 1500, evidence", "{value: 300 .. 1500, evidense"),
        r"evidense: unknown key; did you mean 'evidence'",
    ),
    "a shared number that differs": (
        lambda text: text.replace(
            "quantity: 20 .. 60", "quantity: {value: 20 .. 60, shared: people}"
        ).replace("quantity: 5\n", "quantity: {value: 6, shared: people}\n"),
        r"line 32 +outcomes\.savings\.quantity +shares 'people' with .*, but is another number",
    ),
    "a judgement without a file": (
        changed("quantity: 5\n", "quantity: {judgement: x}\n"),
        r"from: judgements.json",
    ),
    "a judgement from nowhere": (
        changed("quantity: 5\n", "quantity: {judgement: x, from: nowhere.json}\n"),
        r"line 32 .*there is no judgements file 'nowhere.json'.*innosi delphi export",
    ),
}


@pytest.mark.parametrize("fault", FAULTS)
def test_a_fault_is_told_with_line_key_and_mend(load, garden_text, fault):
    change, message = FAULTS[fault]
    broken = change(garden_text)
    assert broken != garden_text
    with pytest.raises(InputFaults, match=message):
        load(broken)


def test_all_faults_are_told_at_once(load, garden_text):
    broken = garden_text.replace("deadweight: 20% .. 60%", "deadwait: 1").replace(
        "currency: EUR", "currency: EUR"
    )
    broken = broken.replace("perspective: fiscal", "perspective: fisc").replace(
        "quantity: 5\n", "quantity: none\n"
    )
    with pytest.raises(InputFaults) as caught:
        load(broken)
    assert len(caught.value.faults) == 3
    assert [fault.line for fault in caught.value.faults] == sorted(
        fault.line for fault in caught.value.faults
    )


JUDGEMENTS = {
    "format": "innosi-judgements/1",
    "study": {"title": "A study", "file": "study.yaml", "sha256": "0", "simulated": True, "panellists": 12},
    "round": 2,
    "method": "linear_pool",
    "innosi": "0.1.0",
    "judgements": {
        "people": {"n": 12, "distribution": {"family": "normal", "mean": 40, "standard_deviation": 5}},
        "worth": {"n": 12, "kind": "money", "unit": "GBP", "distribution": 900},
    },
}


@pytest.fixture
def with_judgement(tmp_path, load, garden_text):
    def with_judgement(name, *, file=None):
        text = file if file is not None else json.dumps(JUDGEMENTS)
        (tmp_path / "judgements.json").write_text(text, encoding="utf-8")
        new = f"quantity: {{judgement: {name}, from: judgements.json}}"
        return load(garden_text.replace("quantity: 20 .. 60", new), tmp_path)

    return with_judgement


def test_a_judgement_is_read_with_its_provenance(with_judgement):
    estimate = with_judgement("people").experiment().estimates["outcomes.less_loneliness.quantity"]
    assert estimate.distribution.mean == pytest.approx(40)
    assert estimate.evidence is EvidenceGrade.PANEL_JUDGEMENT
    assert estimate.source == "simulated panel of 12, round 2 of “A study”"


def test_two_studies_may_ask_a_question_of_one_name(tmp_path, load, garden_text):
    other = {**JUDGEMENTS, "judgements": {"people": {"n": 3, "distribution": 7}}}
    (tmp_path / "judgements.json").write_text(json.dumps(JUDGEMENTS))
    (tmp_path / "other.json").write_text(json.dumps(other))
    text = garden_text.replace("quantity: 20 .. 60", "quantity: {judgement: people, from: judgements.json}")
    text = text.replace("quantity: 5\n", "quantity: {judgement: people, from: other.json}\n")
    estimates = load(text, tmp_path).experiment().estimates
    assert estimates["outcomes.less_loneliness.quantity"].distribution.mean == pytest.approx(40)
    assert estimates["outcomes.savings.quantity"].distribution.mean == 7


def test_a_missing_judgement_is_told_with_the_nearest(with_judgement):
    with pytest.raises(InputFaults, match=r"line 22 .*has no judgement 'peple'; did you mean 'people'"):
        with_judgement("peple")


@pytest.mark.parametrize(
    ("file", "message"),
    [
        ("{", "is no judgements file"),
        ("[]", "does not say"),
        ('{"format": "innosi-judgements/1"}', "is no judgements file"),
        ('{"format": "innosi-judgements/1", "judgements": 3}', "is no judgements file"),
        ("[" * 100_000, "is no judgements file"),
    ],
)
def test_a_file_that_holds_no_judgements_is_refused(with_judgement, file, message):
    with pytest.raises(InputFaults, match=message):
        with_judgement("people", file=file)


def test_a_judgement_in_another_currency_is_refused(tmp_path, load, garden_text):
    (tmp_path / "judgements.json").write_text(json.dumps(JUDGEMENTS))
    new = "financial_proxy: {judgement: worth, from: judgements.json}"
    with pytest.raises(InnosiError, match="is in GBP, the scenario file in EUR"):
        load(garden_text.replace("financial_proxy: €2k", new), tmp_path)


def test_the_schema_knows_every_key_of_the_value_map():
    schema = scenario_schema()
    outcome = schema["$defs"]["OutcomeSection"]["properties"]
    assert {"quantity", "deadweight", "drop_off", "counterfactual_quantity"} <= set(outcome)
    assert "would have happened anyway" in outcome["deadweight"]["description"]
    assert schema["if"] == {"properties": {"model": {"const": "value_map"}}}
    assert schema["then"] == {"properties": {"base": {"$ref": "#/$defs/value_map"}}}


def test_the_schema_accepts_a_sound_file_and_refuses_an_unknown_key(garden_text):
    from jsonschema import Draft202012Validator
    from ruamel.yaml import YAML

    validator = Draft202012Validator(scenario_schema())
    data = YAML(typ="safe", pure=True).load(garden_text)
    assert list(validator.iter_errors(data)) == []
    data["base"]["outcomes"]["savings"]["dead_weight"] = 0.2
    assert any(
        "dead_weight" in error.message or "valid under any" in error.message
        for error in validator.iter_errors(data)
    )
