"""Two shapes of one name would stand in the description of the API as one of them."""

import sys
from collections import Counter

from ninja import Schema

from lazaretto.config.api import api


def test_no_two_shapes_have_one_name():
    assert api.get_openapi_schema()["components"]["schemas"]
    shapes = {
        value
        for name, module in list(sys.modules.items())
        if name.startswith("lazaretto.") and ".tests." not in name
        for value in vars(module).values()
        if isinstance(value, type) and issubclass(value, Schema) and value.__module__.startswith("lazaretto.")
    }
    twice = {name for name, count in Counter(shape.__name__ for shape in shapes).items() if count > 1}
    assert twice == set()
