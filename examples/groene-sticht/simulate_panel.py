"""Make the two rounds of answers in this folder: a simulated panel, no people.

Each panellist has a bias and a width of their own; groups lean in a direction; in the second round everybody
moves some way towards the panel's median of the first, and two do not come back. Run it again and the files
are the same, byte for byte: python simulate_panel.py
"""

import csv
import random
import statistics
from pathlib import Path

SEED = 2016
GROUPS = {"r": 6, "p": 6, "m": 5, "n": 5}
LEAN = {"r": 0.10, "p": 0.05, "m": -0.05, "n": -0.15}  # residents hope for more, neighbours for less
CENTRES = {  # assumed, not measured
    "stable_housing": 42,
    "regular_work": 5,
    "care_avoided": 7000,
    "deadweight_housing": 0.25,
    "attribution_housing": 0.35,
    "deadweight_work": 0.45,
    "neighbours_troubled": 25,
}
NOISE = dict.fromkeys(CENTRES, 0.15) | {"regular_work": 0.6, "neighbours_troubled": 0.45}
HIGHEST = {"stable_housing": 110, "regular_work": 110}
HIGHEST |= dict.fromkeys(("deadweight_housing", "attribution_housing", "deadweight_work"), 1)
LEFT = {"m4", "n2"}


def main():
    random_numbers = random.Random(SEED)
    panel = [f"{group}{number}" for group, size in GROUPS.items() for number in range(1, size + 1)]
    bias = {each: LEAN[each[0]] + random_numbers.gauss(0, 0.25) for each in panel}
    width = {each: random_numbers.uniform(0.15, 0.5) for each in panel}
    first = {
        question: {each: centre * 2.718281828 ** (bias[each] + random_numbers.gauss(0, NOISE[question])) for each in panel}
        for question, centre in CENTRES.items()
    }
    second = {question: moved(answers, random_numbers) for question, answers in first.items()}
    ratings = {each: rated(7 + 3 * bias[each] + random_numbers.gauss(0, 1)) for each in panel}
    middle = statistics.median(ratings.values())
    again = {each: rated(0.6 * rating + 0.4 * middle + random_numbers.gauss(0, 0.3)) for each, rating in ratings.items()}
    write("round_1.csv", panel, first, ratings, width)
    write("round_2.csv", [each for each in panel if each not in LEFT], second, again, width)


def moved(answers, random_numbers):
    """The answers of the second round: some way towards the median of the first."""
    middle = statistics.median(answers.values())
    return {each: answer + random_numbers.uniform(0.2, 0.7) * (middle - answer) for each, answer in answers.items()}


def rated(level):
    return min(9, max(1, round(level)))


def write(name, panel, answers, ratings, width):
    with (Path(__file__).parent / name).open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow(("panellist", "question", "value", "lower", "best", "upper"))
        for each in panel:
            writer.writerow((each, "mixed_community", ratings[each], "", "", ""))
            for question, answer in answers.items():
                points = [answer[each] * factor for factor in (1 - width[each], 1, 1 + width[each])]
                points = [min(point, HIGHEST.get(question, point)) for point in points]
                writer.writerow((each, question, "", *(f"{point:.3g}" for point in points)))


if __name__ == "__main__":
    main()
