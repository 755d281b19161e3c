"""A large panel in the store: importing a round, its summary, and feedback sheets; beside what could be less.

python benchmarks/store.py [--panellists 10000] [--questions 30] [--db postgresql://…]
"""

import argparse
import csv
import random
import sqlite3
import tempfile
import time
from dataclasses import replace
from datetime import UTC, datetime
from functools import partial
from pathlib import Path

from innosi.forecast.answers.importing import ImportOptions, import_answers
from innosi.forecast.arguments import Argument
from innosi.forecast.counting import summarise_round
from innosi.forecast.feedback.panel import panel_feedback
from innosi.forecast.feedback.sheets import sheets
from innosi.forecast.languages.language import language_of
from innosi.forecast.statistics.summary import summarise
from innosi.forecast.store.answers import load_answers
from innosi.forecast.study import load_study

PANEL_OF_SHEETS = 30


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--panellists", type=int, default=10_000)
    parser.add_argument("--questions", type=int, default=30)
    parser.add_argument("--db", default="")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        study = replace(study_in(folder, options.questions), store_url=options.db)
        size = f"{options.panellists:,} panellists × {options.questions} questions"
        print(f"| {size} | seconds | beside the bare table |")
        print("|---|---|---|")
        paths = {number: table_in(folder, options, number) for number in (1, 2)}
        _, least = report(
            "the table read and put into a bare table of SQLite, nothing checked", partial(bare, paths[1])
        )
        for number, path in paths.items():
            report(
                f"import of round {number}, every cell checked", partial(imported, study, path, number), least
            )
            also = ", with the changes since the first" if number > 1 else ""
            report(f"its summary, counted in the store{also}", partial(summarise_round, study, number), least)
        report("the same file again, which changes nothing", partial(imported, study, paths[2], 2), least)
        answers, _ = report("all answers read into memory", lambda: load_answers(study), least)
        report("summary of round 2 from memory", lambda: summarise(study, answers, 2), least)
        feedback_sheets(folder, options.questions)


def report(what, run, least=None):
    """Print how long something takes, in seconds and beside the least; give what came of it, and how long."""
    start = time.perf_counter()
    found = run()
    seconds = time.perf_counter() - start
    print(f"| {what} | {seconds:.2f} | {seconds / (least or seconds):.1f} × |", flush=True)
    return found, seconds


def study_in(folder, n_questions, name="study"):
    questions = "".join(
        f"  q{place:02}: {{text: How important is item {place}?, type: rating, scale: {{low: 1, high: 9}}}}\n"
        for place in range(n_questions)
    )
    head = f"title: A large panel\nname: large-panel-{time.time_ns()}\npanel: {{simulated: true}}\n"
    path = folder / f"{name}.yaml"
    path.write_text(f"{head}rounds: 2\nconsensus: iqr\nquestions:\n{questions}", encoding="utf-8")
    return load_study(path)


def table_in(folder, options, number, n=None):
    draw = random.Random(number)
    path = folder / f"round_{number}.csv"
    with path.open("w", newline="", encoding="utf-8") as file:
        table = csv.writer(file)
        table.writerow(["panellist", *(f"q{place:02}" for place in range(options.questions))])
        for who in range(n or options.panellists):
            table.writerow([f"P{who:06}", *(draw.randint(1, 9) for _ in range(options.questions))])
    return path


def imported(study, path, number):
    return import_answers(study, path, ImportOptions(number=number))


def bare(path):
    """What nothing can be quicker than: cells into rows, nothing checked, nothing kept of who and when."""
    with tempfile.TemporaryDirectory() as folder, path.open(newline="", encoding="utf-8") as file:
        heading, *rows = csv.reader(file)
        store = sqlite3.connect(Path(folder) / "bare.sqlite")
        store.execute("CREATE TABLE answers (panellist TEXT, question TEXT, value REAL)")
        triples = (
            (row[0], q, float(cell)) for row in rows for q, cell in zip(heading[1:], row[1:], strict=True)
        )
        store.executemany("INSERT INTO answers VALUES (?, ?, ?)", triples)
        store.commit()
        store.close()


def feedback_sheets(folder, n_questions):
    """Sheets of a panel of thirty, each with the panel's arguments."""
    small = folder / "small"
    small.mkdir()
    study = study_in(small, n_questions)
    options = argparse.Namespace(questions=n_questions)
    path = table_in(small, options, 1, PANEL_OF_SHEETS)
    imported(study, path, 1)
    answers, at = load_answers(study), datetime.now(UTC)
    people = answers.panellists(1)
    arguments = [
        Argument(
            place, 1, f"q{place % n_questions:02}", people[place % len(people)], f"Because of {place}.", at
        )
        for place in range(1, 5 * n_questions)
    ]
    start = time.perf_counter()
    feedback = panel_feedback(study, answers, 1, arguments=arguments, language=language_of("en"))
    written = [page for _, page in sheets(feedback, people)]
    pace = len(written) / (time.perf_counter() - start)
    print(f"feedback sheets (HTML), {len(people)} × {n_questions} questions: {pace:.0f} a second")


if __name__ == "__main__":
    main()
