"""The views of `innosi build map`, by name."""

from collections.abc import Callable, Mapping, Sequence
from types import MappingProxyType

from innosi.forecast.cli.build import map_scenario_views as does
from innosi.forecast.cli.build import map_structure_views as is_
from innosi.forecast.cli.build.map_pages import Asked, Page

_PAGES: Mapping[str, Callable[[Asked], Page]] = MappingProxyType(
    {
        "changes": does.changes_page,
        "rules": does.rules_page,
        "robustness": does.robustness_page,
        "sensitivity": does.sensitivity_page,
        "structure": is_.structure_page,
        "loops": is_.loops_page,
        "links": is_.links_page,
        "people": is_.people_page,
        "steps": does.steps_page,
        "ends": does.ends_page,
    }
)


def shown(asked: Asked, views: Sequence[str]) -> list[Page]:
    """Return the pages of the views that were asked for; of all, those that the file has something for."""
    if "all" not in views:
        return [_PAGES[view](asked) for view in views]
    left_out = {
        *([] if asked.map.scenarios else ["changes", "rules", "robustness", "sensitivity"]),
        *([] if asked.map.is_uncertain else ["robustness"]),
        *([] if asked.outcome or asked.map.file.outcome else ["sensitivity"]),
        *([] if len(asked.map.people) > 1 else ["people"]),
    }
    return [page(asked) for view, page in _PAGES.items() if view not in left_out]
