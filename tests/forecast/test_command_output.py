import math

from innosi.forecast.cli.output import Output, Table


def test_no_text_in_csv_is_a_formula_and_numbers_stay_numbers(capsys):
    rows = [("=HYPERLINK(1)", -1.5, None), ("+49", -math.inf, math.nan), ("said", 2, True)]
    Output("csv").show(Table("T", ("text", "number", "other"), rows))
    assert capsys.readouterr().out.splitlines() == [
        "text,number,other",
        "'=HYPERLINK(1),-1.5,",
        "'+49,-inf,",
        "said,2,True",
    ]
