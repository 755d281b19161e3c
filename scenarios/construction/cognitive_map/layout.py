"""Where the concepts of a map stand in a picture: linked ones near, few links crossing, no box hidden."""

import numpy as np

from innosi.models.arrays import FloatArray, IntArray

N_TRIES = 24
_ROUNDS = 120
_THROUGH_A_BOX, _OUT_OF_SIGHT = 3.0, 3.0
"""How much worse a link behind a box is than a crossing."""
_GAP = 0.3
BEND = 0.13
"""How far a link bends out, as a share of its length, so that two ways do not lie on each other."""
_OTHER_BENDS = (0.25, -0.13, 0.4, -0.25, -0.4, 0.65, -0.65)


def positions(
    weights: FloatArray, sizes: FloatArray, canvas: tuple[float, float], drawn: IntArray
) -> FloatArray:
    """Return where the middle of each concept's box stands; the same for the same map.

    Distances along the links are kept as well as can be (stress majorization), from several starts; boxes are
    then pushed apart, and the picture with the fewest crossings is taken.

    Parameters
    ----------
    weights : (n, n) float
    sizes : (n, 2) float
        Width and height of each concept's box.
    canvas : (float, float)
        Width and height of the whole.
    drawn : (n_links, 2) int
        The links that are drawn, whose crossings count.

    Returns
    -------
    (n, 2) float
        Within the canvas, boxes included.

    Source
    ------
    Gansner, Koren & North (2005), Graph drawing by stress majorization.
    """
    n = len(weights)
    if n == 1:
        return np.array([canvas]) / 2
    links = drawn[drawn[:, 0] != drawn[:, 1]]
    wanted = _steps_between(weights)
    random = np.random.default_rng(n)
    best, least = np.zeros((n, 2)), np.inf
    for attempt in range(N_TRIES):
        start = _circle(n) if attempt == 0 else random.normal(size=(n, 2))
        found = _apart(_fitted(_majorized(start, wanted), sizes, canvas), sizes, canvas)
        badness = _badness(found, sizes, links)
        if badness < least:
            best, least = found, badness
    return best


def bends(places: FloatArray, sizes: FloatArray, links: IntArray) -> FloatArray:
    """Return how far each link bends out, so that it runs behind no box if any bend can help it.

    Parameters
    ----------
    places, sizes : (n, 2) float
        The middle of each concept's box, and its width and height.
    links : (n_links, 2) int

    Returns
    -------
    (n_links,) float
        As a share of the link's length, above 0 to its right.
    """
    found = np.full(len(links), BEND)
    hidden = _behind(places, sizes, links, found)
    for bend in _OTHER_BENDS:
        tried = np.where(hidden > 0, bend, found)
        now = _behind(places, sizes, links, tried)
        found, hidden = np.where(now < hidden, tried, found), np.minimum(now, hidden)
    return found


def _circle(n: int) -> FloatArray:
    angles = 2 * np.pi * np.arange(n) / n
    return np.stack([np.cos(angles), np.sin(angles)], axis=1)


def _steps_between(weights: FloatArray) -> FloatArray:
    """How many links lie between each two concepts in any direction; where none lead, one more than any."""
    from scipy.sparse.csgraph import shortest_path

    linked = (weights != 0) | (weights != 0).T
    found = shortest_path(linked.astype(float), unweighted=True)
    farthest = found[np.isfinite(found)].max()
    return np.where(np.isfinite(found), found, farthest + 1)


def _majorized(start: FloatArray, wanted: FloatArray) -> FloatArray:
    n = len(start)
    pull = np.where(np.eye(n, dtype=bool), 0.0, 1 / np.maximum(wanted, 1e-9) ** 2)
    inverse = np.linalg.pinv(np.diag(pull.sum(axis=1)) - pull)
    now = start
    for _ in range(_ROUNDS):
        apart = np.linalg.norm(now[:, None] - now[None], axis=-1)
        ratio = pull * wanted / np.maximum(apart, 1e-9)
        now = inverse @ ((np.diag(ratio.sum(axis=1)) - ratio) @ now)
    return now


def _fitted(found: FloatArray, sizes: FloatArray, canvas: tuple[float, float]) -> FloatArray:
    """Turned so that it lies broad, and stretched to the canvas; a few concepts do not fill it."""
    centred = found - found.mean(axis=0)
    turned = centred @ np.linalg.svd(centred, full_matrices=False)[2].T
    low, high = turned.min(axis=0), turned.max(axis=0)
    room = (np.array(canvas) - sizes.max(axis=0)) * min(1.0, 0.2 * len(found))
    share = np.where(high - low > 1e-9, (turned - low) / np.maximum(high - low, 1e-9), 0.5)
    return np.array(canvas) / 2 + (share - 0.5) * room


def _apart(found: FloatArray, sizes: FloatArray, canvas: tuple[float, float]) -> FloatArray:
    """Boxes that overlap are pushed apart, along the way that is shorter."""
    now = found.copy()
    least, most = sizes / 2, np.array(canvas) - sizes / 2
    needed = (sizes[:, None] + sizes[None]) / 2 + _GAP
    for _ in range(300):
        apart = now[:, None] - now[None]
        missing = needed - np.abs(apart)
        over = (missing > 0).all(axis=-1) & ~np.eye(len(now), dtype=bool)
        if not over.any():
            break
        shorter = np.argmin(missing / needed, axis=-1)
        push = np.zeros_like(apart)
        one, other = np.nonzero(over)
        axis = shorter[one, other]
        way = np.where(apart[one, other, axis] == 0, np.sign(one - other), np.sign(apart[one, other, axis]))
        push[one, other, axis] = way * missing[one, other, axis] * 0.3
        now = np.clip(now + push.sum(axis=1), least, most)
    return now


def _badness(found: FloatArray, sizes: FloatArray, links: IntArray) -> float:
    near = (sizes[:, None] + sizes[None]) / 2 + _GAP / 2
    overlap = (np.abs(found[:, None] - found[None]) < near).all(axis=-1)
    length = np.linalg.norm(found[links[:, 0]] - found[links[:, 1]], axis=1).sum() if len(links) else 0.0
    hidden = overlap.sum() - len(found)
    behind = _behind(found, sizes, links, np.full(len(links), BEND)).sum()
    return float(_crossings(found, links) + _THROUGH_A_BOX * behind + 20.0 * hidden + 0.01 * length)


def _crossings(found: FloatArray, links: IntArray) -> float:
    """How many pairs of links that share no concept cross."""
    if len(links) < 2:
        return 0.0
    a, b = found[links[:, 0]], found[links[:, 1]]

    def side(start: FloatArray, end: FloatArray, point: FloatArray) -> FloatArray:
        along, to = end - start, point - start
        return np.sign(along[..., 0] * to[..., 1] - along[..., 1] * to[..., 0])

    first, second = np.triu_indices(len(links), 1)
    cross = side(a[first], b[first], a[second]) != side(a[first], b[first], b[second])
    cross &= side(a[second], b[second], a[first]) != side(a[second], b[second], b[first])
    shares = (links[first][:, :, None] == links[second][:, None, :]).any(axis=(1, 2))
    return float(np.sum(cross & ~shares))


def _behind(found: FloatArray, sizes: FloatArray, links: IntArray, bend: FloatArray) -> FloatArray:
    """Behind how many boxes that are not its own each link runs; leaving the picture counts for some."""
    if not len(links):
        return np.zeros(0)
    start, end = found[links[:, 0]], found[links[:, 1]]
    aside = (end - start)[:, ::-1] * np.array([1.0, -1.0])
    middle = (start + end) / 2 + bend[:, None] * aside
    along = np.linspace(0.05, 0.95, 19)[:, None, None]
    points = (1 - along) ** 2 * start + 2 * along * (1 - along) * middle + along**2 * end
    inside = (np.abs(points[:, :, None] - found) < sizes / 2 + 0.04).all(axis=-1).any(axis=0)
    inside[np.arange(len(links)), links[:, 0]] = inside[np.arange(len(links)), links[:, 1]] = False
    low, high = (found - sizes / 2).min(axis=0) - 0.1, (found + sizes / 2).max(axis=0) + 0.1
    is_out = ((points < low) | (points > high)).any(axis=(0, 2))
    return inside.sum(axis=1) + _OUT_OF_SIGHT * is_out
