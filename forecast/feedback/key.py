"""The marks of the charts one by one, for the line that says how they are read."""

from collections.abc import Mapping
from functools import cache
from types import MappingProxyType

from markupsafe import Markup

from innosi.scenarios.drawing.palette import GAIN, INK, RULE

_MARKS: Mapping[str, str] = MappingProxyType(
    {
        "bar": f'<rect x="5" y="4" width="8" height="12" fill="{GAIN}"/>',
        "band": f'<rect x="2" y="2" width="14" height="14" fill="{RULE}" fill-opacity="0.6"/>',
        "median": f'<path d="M9 1V17" stroke="{INK}" stroke-width="2"/>',
        "whisker": f'<path d="M2 9H16M2 5V13M16 5V13" stroke="{INK}" stroke-width="1.4"/>',
        "own": f'<path d="M2.5 4h13l-6.5 11z" fill="{INK}"/>',
        "own_option": f'<path d="M9 2l6.5 7l-6.5 7l-6.5 -7z" fill="{INK}"/>',
    }
)


@cache
def key_images() -> Mapping[str, Markup]:
    """Return an image of each mark; the words beside it say what it means, so it needs no text of its own."""
    return MappingProxyType({name: _image(mark) for name, mark in _MARKS.items()})


def _image(mark: str) -> Markup:
    return Markup(
        f'<svg class="key" aria-hidden="true" viewBox="0 0 18 18" width="13" height="13">{mark}</svg>'
    )
