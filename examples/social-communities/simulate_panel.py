"""Make the people and the answers of this example: a simulated panel. Nobody was asked anything.

    python simulate_panel.py            writes people.csv, round_1.csv, round_1_late.csv, round_2.csv, round_3.csv

Each panellist has a leaning; the three groups lean differently, answers spread around what everybody knows, and
from round to round each moves part of the way to the panel's median, residents least. Some leave.
"""

import csv
import random
from pathlib import Path

FOLDER = Path(__file__).parent
NAMES = {
    "residents": ["Anna Vos", "Bram Kok", "Cato Smit", "Dirk Bos", "Elsa Prins", "Fleur Mol", "Gijs Haan"],
    "professionals": ["Hanna Berg", "Ivo Lind", "Jette Holm", "Karl Dahl", "Lena Falk", "Mats Ek"],
    "municipality": ["Nora Kerr", "Owen Byrne", "Petra Lang", "Quinn Shaw", "Ruth Ames"],
}
PSEUDONYMS = (
    "H8K-W4R", "6R7-JTC", "4QC-46X", "MM6-D6F", "RM4-T7Y", "DWW-T4X",
    "TTK-4DM", "4R8-GM4", "8R7-TGN", "RX9-7T8", "TWC-J79", "RY6-T43",
    "VCP-XRX", "MHN-TNH", "JGD-9YG", "D6T-GQ4", "PHN-GVP", "67Q-M9X",
)
FIELDS = {"residents": ["neighbourhood"], "professionals": ["care", "neighbourhood"], "municipality": ["money", "care"]}
LEANING = {"residents": 0.7, "professionals": 0.55, "municipality": 0.4}
STUBBORN = {"residents": 0.75, "professionals": 0.45, "municipality": 0.5}
ABOVE = {
    "neighbours_help": (
        "It happens in my street already, and nobody had to organise it.",
        "Since the lifts broke down we all know each other, and it stayed so.",
        "Most people wait to be asked once; after that they ask back.",
    ),
    "run_services": (
        "The café in the next town has run for six years without a paid cook.",
        "Three residents here have run a restaurant before.",
    ),
    "less_lonely": (
        "Once people know one name in the building, they come down for coffee.",
        "A fixed day in the week was enough where I worked before.",
    ),
    "outlives_subsidy": (
        "Rent from the hall pays the co-ordinator from the third year on.",
        "The town will not let it close once it is there.",
    ),
    "hours": (
        "Half the work is listening, and that takes the time it takes.",
        "Volunteers stay only where somebody is there when they come.",
        "A part-timer is always away when it matters.",
    ),
}
BELOW = {
    "neighbours_help": (
        "People move house too often to know who lives above them.",
        "Those who would help are at work all day.",
        "Help without being asked is felt as meddling by many.",
    ),
    "run_services": (
        "Nobody wants to be liable for the kitchen.",
        "It hangs on two or three people, and they get tired.",
    ),
    "less_lonely": (
        "Those who are loneliest do not open the door.",
        "Company for an afternoon is not the same as a friend.",
    ),
    "outlives_subsidy": (
        "Every project of this kind that I know ended with its grant.",
        "There is nothing in the budget for it after the third year.",
    ),
    "hours": (
        "If it needs more than a day a week, it is not a community.",
        "We could never pay more than that.",
    ),
}
COLUMNS = (
    "panellist", "consent", "neighbours_help", "neighbours_help.reason", "run_services.probability",
    "run_services.desirability", "run_services.reason", "less_lonely.lower", "less_lonely.best",
    "less_lonely.upper", "less_lonely.reason", "outlives_subsidy", "outlives_subsidy.reason", "first_step",
    "who_leads", "hours", "hours.reason",
)


def main():
    draw = random.Random(2016)
    people = [(name, group) for group, names in NAMES.items() for name in names]
    pseudonyms = dict(zip([name for name, _ in people], PSEUDONYMS, strict=True))
    write_people(people, pseudonyms)
    views = {pseudonyms[name]: view_of(group, draw) for name, group in people}
    groups = {pseudonyms[name]: group for name, group in people}
    who = list(views)
    late = who[10]
    for number, leavers in ((1, ()), (2, who[3:4]), (3, (who[3], who[8], who[16]))):
        here = [each for each in who if each not in leavers and not (number == 1 and each == late)]
        write_answers(f"round_{number}.csv", here, views, number)
        if number == 1:
            write_answers("round_1_late.csv", [late], views, number)
        views = {each: moved(views[each], views, STUBBORN[groups[each]], draw) for each in who}


def write_people(people, pseudonyms):
    with (FOLDER / "people.csv").open("w", newline="", encoding="utf-8") as file:
        table = csv.writer(file, lineterminator="\n")
        table.writerow(("name", "email", "group", "expertise", "language", "pseudonym"))
        for place, (name, group) in enumerate(people):
            email = f"{name.lower().replace(' ', '.')}@example.org"
            field = FIELDS[group][place % len(FIELDS[group])]
            language = "nl" if group == "residents" else "en"
            table.writerow((name, email, group, field, language, pseudonyms[name]))


def view_of(group, draw):
    """Where a panellist stands on each question, from 0 to 1."""
    keys = ("neighbours_help", "probability", "desirability", "less_lonely", "outlives_subsidy", "hours")
    view = {key: min(max(draw.gauss(LEANING[group], 0.2), 0.02), 0.98) for key in keys}
    view["desirability"] = min(0.98, view["desirability"] + 0.25)
    order = ["place", "coordinator", "training"]
    if draw.random() < 0.35:
        order = draw.sample(order, 3)
    leads = {"residents": "residents", "professionals": "care", "municipality": "town"}[group]
    return {**view, "first_step": order, "who_leads": leads if draw.random() < 0.6 else "residents"}


def moved(view, views, stubborn, draw):
    """The view after the feedback: part of the way to the median of the panel."""
    following = dict(view)
    for key, value in view.items():
        if isinstance(value, float):
            middle = sorted(each[key] for each in views.values())[len(views) // 2]
            following[key] = stubborn * value + (1 - stubborn) * middle
    if view["first_step"][0] != "place" and draw.random() > stubborn:
        following["first_step"] = ["place", "coordinator", "training"]
    if view["who_leads"] != "residents" and draw.random() > stubborn + 0.1:
        following["who_leads"] = "residents"
    return following


def write_answers(name, here, views, number):
    with (FOLDER / name).open("w", newline="", encoding="utf-8") as file:
        table = csv.writer(file, lineterminator="\n")
        dropped = ("who_leads",) if number == 3 else ()
        columns = [each for each in COLUMNS if each not in dropped and (number == 1 or each != "consent")]
        table.writerow(columns)
        for who in here:
            row = answers_of(who, views)
            table.writerow([row[each] for each in columns])


def answers_of(who, views):
    view = views[who]

    def level(key):
        return 1 + round(8 * view[key])

    def why(question, key):
        said = ABOVE[question] if view[key] > 0.7 else BELOW[question] if view[key] < 0.38 else ("",)
        return said[list(views).index(who) % len(said)]

    best = round(60 * view["less_lonely"])
    return {
        "panellist": who,
        "consent": "yes",
        "neighbours_help": level("neighbours_help"),
        "neighbours_help.reason": why("neighbours_help", "neighbours_help"),
        "run_services.probability": level("probability"),
        "run_services.desirability": level("desirability"),
        "run_services.reason": why("run_services", "probability"),
        "less_lonely.lower": max(0, best - 4 - round(best * 0.3)),
        "less_lonely.best": best,
        "less_lonely.upper": min(100, best + 6 + round(best * 0.4)),
        "less_lonely.reason": why("less_lonely", "less_lonely"),
        "outlives_subsidy": f"{5 * round(18 * view['outlives_subsidy']):d}%",
        "outlives_subsidy.reason": why("outlives_subsidy", "outlives_subsidy"),
        "first_step": " > ".join(view["first_step"]),
        "who_leads": view["who_leads"],
        "hours": 2 + 2 * round(15 * view["hours"]),
        "hours.reason": why("hours", "hours"),
    }


if __name__ == "__main__":
    main()
