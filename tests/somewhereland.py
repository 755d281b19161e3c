"""Somewhereland, the example of cross-impact balances: its matrix and what is known of it.

Source: Weimer-Jehle, ScenarioWizard 4.1 manual (2013), page 11: the matrix, the impact balances of one
scenario and the consistent scenarios. Total impact scores and basins were computed by another program than
innosi.
"""

from innosi.scenarios.construction.balance.cross_impacts import CrossImpacts

MATRIX = """
A1  0  0  0 -2  1  1  0  0  0  0  0 -2  1  1  0  0  0
A2  0  0  0  2  1 -3 -2 -1  3 -2  2  0  0  0  2 -1 -1
A3  0  0  0  0  0  0  0  2 -2  3 -3  2 -1 -1 -2  2  0
B1  0  0  0  0  0  0 -2  1  1  0  0  0  0  0  0  0  0
B2  0  0  0  0  0  0  0  1 -1  0  0  1  0 -1  0  0  0
B3  3 -1 -2  0  0  0  3  0 -3  0  0  3 -1 -2 -2  1  1
C1  2  1 -3  0  0  0  0  0  0 -2  2 -3  1  2  0  0  0
C2 -1  2 -1  0  0  0  0  0  0  0  0  0  0  0  0  0  0
C3  0  0  0  0  0  0  0  0  0 -2  2  3 -1 -2  0  0  0
D1  0  0  0  0  0  0  0  0  0  0  0  3 -1 -2 -2  1  1
D2  0 -3  3  0  0  0  0  0  0  0  0 -3  1  2  2 -1 -1
E1  0  0  0  0  0  0 -2 -1  3  0  0  0  0  0  2 -1 -1
E2  0  0  0 -1  0  1  1  1 -2  0  0  0  0  0 -1  0  1
E3  2 -1 -1 -3  1  2  3  0 -3  0  0  0  0  0 -2 -1  3
F1  0  3 -3  0  0  0 -3  0  3 -3  3 -2  1  1  0  0  0
F2  1 -2  1  0  0  0 -1  2 -1  2 -2  2 -1 -1  0  0  0
F3  0  0  0  0  0  0 -1  2 -1  1 -1  2 -1 -1  0  0  0
"""
BALANCES = [0, 3, -3, 2, 1, -3, -9, -1, 10, -7, 7, 4, -1, -3, 2, -1, -1]
"""The published impact balances of A2 B1 C3 D1 E1 F1."""
SCORES = {
    "A1 B2 C2 D1 E1 F2": 9,
    "A1 B3 C1 D2 E3 F3": 21,
    "A1 B3 C2 D1 E1 F2": 14,
    "A1 B3 C2 D1 E1 F3": 12,
    "A2 B1 C3 D2 E2 F1": 17,
    "A2 B2 C3 D2 E2 F1": 15,
    "A3 B1 C2 D1 E1 F2": 18,
    "A3 B1 C3 D2 E1 F1": 9,
    "A3 B2 C2 D1 E1 F2": 19,
    "A3 B2 C3 D2 E1 F1": 8,
}
"""The total impact score of each consistent scenario."""
BASINS = {
    "A1 B3 C2 D1 E1 F3": 178,
    "A1 B3 C1 D2 E3 F3": 127,
    "A1 B3 C2 D1 E1 F2": 55,
    "A1 B2 C2 D1 E1 F2": 35,
    "A2 B1 C3 D2 E2 F1": 28,
    "A3 B1 C3 D2 E1 F1": 24,
    "A2 B2 C3 D2 E2 F1": 19,
    "A3 B2 C3 D2 E1 F1": 14,
    "A3 B1 C2 D1 E1 F2": 3,
    "A3 B2 C2 D1 E1 F2": 3,
}
"""How many of the 486 scenarios global succession leads to each; a tie keeps the state, else the first."""


def somewhereland():
    rows = [line.split() for line in MATRIX.strip().splitlines()]
    states = {}
    for name, *_ in rows:
        states.setdefault(name[0], []).append(name)
    return CrossImpacts.of(states, [[float(cell) for cell in row] for _, *row in rows])


def scenario(text):
    """The places of the states of `A2 B1 C3 D1 E1 F1`."""
    return somewhereland().scenario_of({name[0]: name for name in text.split()})


def words(places):
    return " ".join(somewhereland().names_of(places).values())
