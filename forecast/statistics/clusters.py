"""Disaggregative Delphi: panellists in clusters by what they answer to several questions together."""

from dataclasses import dataclass

import numpy as np

from innosi.forecast.answers.values import Answers, QuestionAnswers
from innosi.forecast.statistics.panel_agreement import table_of
from innosi.forecast.statistics.parts import parts_of_round
from innosi.forecast.study import Study
from innosi.models.arrays import FloatArray
from innosi.models.errors import AnswerError

FEWEST = 6
MOST_CLUSTERS = 6
WEAK = 0.25
"""Below this mean silhouette there is no structure to speak of (Kaufman & Rousseeuw 1990)."""
_APART = 0.5
_NAMED = 3


@dataclass(frozen=True, slots=True)
class Cluster:
    """Panellists who answer alike.

    Attributes
    ----------
    number : int
        1 is the largest.
    panellists : tuple of str
    centre : mapping of question to float, as a tuple of pairs
        Mean answer to each question; empty where the cluster is smaller than may be shown.
    words : str
        What sets it apart, such as "higher on housing, lower on cost".
    arguments : tuple of str
        What its members say, without their names; empty where it is smaller than may be shown.
    """

    number: int
    panellists: tuple[str, ...]
    centre: tuple[tuple[str, float], ...]
    words: str
    arguments: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Clustering:
    """Clusters of a panel, and how their number was chosen.

    Attributes
    ----------
    questions : tuple of str
    clusters : tuple of Cluster
        The largest first; one where nothing sets panellists apart.
    silhouettes : tuple of (int, float)
        Mean silhouette for each number of clusters that was tried.
    left_out : tuple of str
        Panellists who did not answer all of the questions.
    words : str
        How the number was chosen.
    """

    questions: tuple[str, ...]
    clusters: tuple[Cluster, ...]
    silhouettes: tuple[tuple[int, float], ...]
    left_out: tuple[str, ...]
    words: str


def cluster_panel(
    study: Study,
    answers: Answers,
    number: int,
    *,
    questions: tuple[str, ...] = (),
    n_clusters: int | None = None,
) -> Clustering:
    """Return the panellists in clusters by their answers to several questions of a round.

    Parameters
    ----------
    questions : tuple of str
        Questions or parts of them, such as `garden.probability` and `garden.desirability`; all that have an
        order by default.
    n_clusters : int, optional
        By default the number with the highest mean silhouette, and one where that is below 0.25.

    Raises
    ------
    AnswerError
        If fewer than six panellists answered all of the questions, or there are fewer clusters than asked.

    Notes
    -----
    Each question is brought to its own range (or the range of its answers), and Ward's clustering joins the
    nearest panellists. Who left one of the questions out is left out, and named.

    Source
    ------
    Tapio (2003), Technological Forecasting and Social Change 70(1); Ward (1963), JASA 58(301); Rousseeuw
    (1987), Journal of Computational and Applied Mathematics 20, for the silhouette.
    """
    given = _asked(study, answers, number, questions)
    names = sorted({name for each in given for name in each.panellists})
    table = table_of(given)
    whole = np.asarray(~np.isnan(table).any(axis=1))
    members = tuple(name for name, is_whole in zip(names, whole, strict=True) if is_whole)
    left_out = tuple(name for name, is_whole in zip(names, whole, strict=True) if not is_whole)
    if len(members) < FEWEST:
        raise AnswerError(
            f"{len(members)} panellists answered all of {', '.join(each.question.name for each in given)}",
            mend=f"choose questions with --questions that {FEWEST} or more answered",
        )
    scaled = _scaled(table[whole], given)
    labels, silhouettes, words = _labels(scaled, n_clusters)
    clusters = _clusters(study, given, members, scaled, labels)
    return Clustering(tuple(each.question.name for each in given), clusters, silhouettes, left_out, words)


def _asked(study: Study, answers: Answers, number: int, names: tuple[str, ...]) -> list[QuestionAnswers]:
    parts = parts_of_round(study, answers, number)
    found = [each for each in parts if each.question.measurement != "nominal"]
    if not names:
        return found
    for name in names:
        study.question_of(name)
    wanted = set(names)
    chosen = [each for each in found if wanted & {each.question.name, each.question.name.rpartition(".")[0]}]
    if not chosen:
        raise AnswerError("none of these questions has numbers in this round", mend="choose other questions")
    return chosen


def _scaled(table: FloatArray, given: list[QuestionAnswers]) -> FloatArray:
    """Bring each question to 0 … 1 by its scale or bounds, else by the answers' own range."""
    columns = []
    for column, each in zip(table.T, given, strict=True):
        low, high = each.question.bounds
        if low is None or high is None:
            low, high = float(column.min()), float(column.max())
        columns.append((column - low) / (high - low) if high > low else np.zeros(column.size))
    return np.column_stack(columns)


Inside = np.ndarray[tuple[int, ...], np.dtype[np.bool_]]
Labels = np.ndarray[tuple[int, ...], np.dtype[np.intp]]


def _labels(scaled: FloatArray, n_clusters: int | None) -> tuple[Labels, tuple[tuple[int, float], ...], str]:
    from scipy.cluster.hierarchy import fcluster, linkage

    tree = linkage(scaled, method="ward")
    most = min(MOST_CLUSTERS, len(scaled) - 1)
    tried = {k: fcluster(tree, k, criterion="maxclust").astype(np.intp) for k in range(2, most + 1)}
    found = tuple((k, silhouette(scaled, labels)) for k, labels in tried.items() if labels.max() == k)
    one = np.ones(len(scaled), dtype=np.intp)
    if n_clusters == 1:
        return one, found, "one cluster was asked for"
    if n_clusters is not None:
        if n_clusters not in dict(found):
            raise AnswerError(f"the answers do not fall into {n_clusters} clusters", mend="ask for fewer")
        return tried[n_clusters], found, f"{n_clusters} clusters were asked for"
    best, score = max(found, key=lambda each: each[1], default=(1, 0.0))
    if score < WEAK:
        return one, found, f"no clear clusters: the best mean silhouette is {score:.2f} ({WEAK:g} is weak)"
    return tried[best], found, f"{best} clusters have the highest mean silhouette, {score:.2f}"


def silhouette(points: FloatArray, labels: Labels) -> float:
    """Return the mean silhouette: how much nearer points lie to their own cluster than to the next, −1 to 1.

    Parameters
    ----------
    points : (n, d) float
    labels : (n,) int

    Examples
    --------
    >>> silhouette(np.array([[0.0], [0.0], [1.0], [1.0]]), np.array([1, 1, 2, 2]))
    1.0
    """
    distance = np.sqrt(np.sum((points[:, np.newaxis] - points) ** 2, axis=-1))
    names = np.unique(labels)
    is_in = labels[:, np.newaxis] == names
    sizes = is_in.sum(axis=0)
    means = distance @ is_in / np.where(is_in, np.maximum(sizes - 1, 1), sizes)
    own = np.sum(np.where(is_in, means, 0), axis=1)
    other = np.min(np.where(is_in, np.inf, means), axis=1)
    larger = np.maximum(own, other)
    scores = np.where(larger > 0, (other - own) / np.where(larger > 0, larger, 1), 0.0)
    return float(np.mean(np.where(np.sum(is_in * sizes, axis=1) > 1, scores, 0.0)))


def _clusters(
    study: Study,
    given: list[QuestionAnswers],
    members: tuple[str, ...],
    scaled: FloatArray,
    labels: Labels,
) -> tuple[Cluster, ...]:
    names = sorted(np.unique(labels), key=lambda name: (-int(np.sum(labels == name)), int(name)))
    minimum = study.panel.minimum_group_size
    may_show = all(int(np.sum(labels == name)) >= minimum for name in names)
    clusters = []
    for number, name in enumerate(names, start=1):
        inside = labels == name
        who = tuple(member for member, is_in in zip(members, inside, strict=True) if is_in)
        is_shown = may_show or (len(who) >= minimum and int(np.sum(~inside)) >= minimum)
        if is_shown:
            clusters.append(_cluster(number, who, given, scaled, inside))
        else:
            words = f"fewer than {minimum}, or told by the others: not shown"
            clusters.append(Cluster(number, who, (), words, ()))
    return tuple(clusters)


def _cluster(
    number: int, who: tuple[str, ...], given: list[QuestionAnswers], scaled: FloatArray, inside: Inside
) -> Cluster:
    centre = []
    reasons: set[str] = set()
    for each in given:
        mine = each.of(who)
        centre.append((each.question.name, float(np.mean(mine.central))))
        reasons |= {reason for reason in mine.reasons if reason}
    return Cluster(number, who, tuple(centre), _apart(given, scaled, inside), tuple(sorted(reasons)))


def _apart(given: list[QuestionAnswers], scaled: FloatArray, inside: Inside) -> str:
    """Say on which questions a cluster lies furthest from the others, in standard deviations of all."""
    if inside.all():
        return "everybody"
    spread = scaled.std(axis=0)
    gap = scaled[inside].mean(axis=0) - scaled[~inside].mean(axis=0)
    sizes = np.where(spread > 0, gap / np.where(spread > 0, spread, 1), 0)
    order = [i for i in np.argsort(-np.abs(sizes)) if abs(sizes[i]) >= _APART][:_NAMED]
    words = [f"{'higher' if sizes[i] > 0 else 'lower'} on {given[i].question.name}" for i in order]
    return ", ".join(words) or "near the others on every question"
