"""What a map is: its structure, its loops and links, and whose maps it is made of."""

from typing import TYPE_CHECKING

import numpy as np

from innosi.forecast.cli.build.map_pages import Asked, Page, rounded, rounded_all
from innosi.forecast.cli.output import Table
from innosi.models.errors import InnosiError
from innosi.scenarios.construction.cognitive_map import findings
from innosi.scenarios.construction.cognitive_map.aggregation import disagreement
from innosi.scenarios.construction.cognitive_map.cognitive_map import CognitiveMap
from innosi.scenarios.construction.cognitive_map.feedback_loops import feedback_loops
from innosi.scenarios.construction.cognitive_map.similarity import accumulation, distance_ratios, groups_of
from innosi.scenarios.construction.cognitive_map.structure import Role, structure

if TYPE_CHECKING:
    from innosi.scenarios.drawing.figures import Plot


def structure_page(asked: Asked) -> Page:
    """Degrees, roles and indices of the map."""
    found, what = asked.map, structure(asked.map.weights)
    order = np.argsort(-what.centrality, kind="stable")
    rows = [
        (
            found.titles[place],
            str(what.roles[place]),
            *rounded_all(each[place] for each in (what.out_degree, what.in_degree, what.centrality)),
        )
        for place in map(int, order)
    ]
    counts = ", ".join(f"{role} {what.n_of(role)}" for role in Role if what.n_of(role))
    notes = (
        f"concepts: {len(found.names)}; {counts}",
        f"links: {what.n_links}; that raise {what.n_positive}, that lower {what.n_negative}",
        f"density {what.density:.3f}; {what.links_per_concept:.2f} links per concept",
        f"complexity (receivers per transmitter) {_number(what.complexity, 'no transmitter')}",
        f"hierarchy index {what.hierarchy:.3f}: 0 democratic, 1 a strict order of unit links",
        feedback_loops(found.weights).sentence,
    )
    columns = ("concept", "role", "out_degree", "in_degree", "centrality")
    return Page([Table(f"{found.title}: structure", columns, rows, notes)], lambda: _network(found))


def _network(found: CognitiveMap) -> "Plot":
    from innosi.scenarios.construction.cognitive_map.network_drawing import draw_network

    return draw_network(found)


def loops_page(asked: Asked) -> Page:
    """Its feedback loops, shortest first."""
    found, loops = asked.map, feedback_loops(asked.map.weights)
    rows = [
        (
            len(loop.concepts),
            "reinforcing" if loop.is_reinforcing else "balancing",
            rounded(loop.strength),
            " → ".join(found.titles[place] for place in (*loop.concepts, loop.concepts[0])),
        )
        for loop in loops.loops
    ]
    notes = (loops.sentence, "strength: geometric mean of the absolute weights")
    columns = ("concepts", "loop", "strength", "way")
    return Page([Table(f"{found.title}: feedback loops", columns, rows, notes)], lambda: _network(found))


def links_page(asked: Asked) -> Page:
    """Its links with what was stated, and why."""
    found = asked.map
    alone = found.people[0].links if not found.file.maps else {}
    rows = []
    for i, j in found.links:
        link = found.names[i], found.names[j]
        stated = alone[link].stated if link in alone else "aggregated"
        rows.append(
            (
                found.titles[i],
                found.titles[j],
                rounded(found.weights[i, j]),
                stated,
                found.reasons.get(link, ""),
            )
        )
    columns = ("from", "to", "weight", "stated", "because")
    return Page([Table(f"{found.title}: links", columns, rows)], lambda: _network(found))


def people_page(asked: Asked) -> Page:
    """People's maps: how alike, how many concepts, and where they disagree."""
    found = asked.map
    if len(found.people) < 2:
        raise InnosiError("there is one map only", mend="give several people's maps under `maps:`")
    title = findings.people_title(found)

    def draw() -> "Plot":
        from innosi.scenarios.construction.cognitive_map.drawing import draw_people

        return draw_people(found, title)

    return Page([_person_table(found), _accumulation_table(found), _disagreement_table(found, title)], draw)


def _person_table(found: CognitiveMap) -> Table:
    apart = distance_ratios(found.personal_weights, found.known)
    groups = groups_of(apart)
    mean = (apart.sum(axis=1) / (len(apart) - 1)).tolist()
    rows = [
        (
            person.title,
            person.credibility,
            int(found.known[place].sum()),
            int(found.drawn[place].sum()),
            rounded(structure(found.personal_weights[place]).density),
            int(groups.labels[place]),
            rounded(mean[place]),
            *rounded_all(apart[place]),
        )
        for place, person in enumerate(found.people)
    ]
    heads = ("person", "credibility", "concepts", "links", "density", "group", "mean_distance")
    columns = (*heads, *(f"to_{person.name}" for person in found.people))
    seen = groups.reason or f"groups by average linkage, mean silhouette {groups.silhouette:.2f}"
    notes = ("distance ratio: 0 the same links, 1 as different as can be", seen)
    return Table("people's maps", columns, rows, notes)


def _accumulation_table(found: CognitiveMap) -> Table:
    curve = accumulation(found.known)
    new = np.diff(curve, prepend=0.0)
    rows = [
        (n, rounded(total), rounded(more)) for n, (total, more) in enumerate(zip(curve, new, strict=True), 1)
    ]
    notes = (
        f"mean over all orders; the last map adds {new[-1]:.2f} concepts: near 0, more maps say little new",
    )
    return Table("how many concepts so many maps hold", ("maps", "concepts", "new"), rows, notes)


def _disagreement_table(found: CognitiveMap, title: str) -> Table:
    about = disagreement(found.personal_weights, found.drawn)
    links = [(int(i), int(j)) for i, j in np.argwhere(about.n_drawn > 0)]
    links.sort(
        key=lambda link: (not about.is_conflict[link], -about.deviation[link], -about.n_drawn[link], link)
    )
    rows = [
        (
            f"{found.titles[link[0]]} → {found.titles[link[1]]}",
            "conflict" if about.is_conflict[link] else "",
            *(int(each[link]) for each in (about.n_drawn, about.n_raise, about.n_lower)),
            *rounded_all(each[link] for each in (about.deviation, about.lowest, about.highest)),
            rounded(found.weights[link]),
        )
        for link in links
    ]
    columns = ("link", "sign", "drew_it", "raises", "lowers", "deviation", "lowest", "highest", "aggregated")
    what = found.file.missing_link.replace("_", " ")
    return Table(title, columns, rows, (f"aggregated: {found.file.aggregation}; a missing link {what}",))


def _number(value: float, otherwise: str) -> str:
    return otherwise if np.isnan(value) else f"{value:.3g}"
