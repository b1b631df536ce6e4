"""The API as OpenAPI describes it.

`DJANGO_SETTINGS_MODULE=aftercart.config.settings python -m aftercart.api.snapshot > docs/api/openapi.json`
"""

from __future__ import annotations

import json


def document() -> str:
    """The committed snapshot is this text; a test compares."""
    from aftercart.api.urls import api

    return json.dumps(api.get_openapi_schema(path_prefix="/api/v1/"), indent=2, ensure_ascii=False, default=str) + "\n"


if __name__ == "__main__":
    import django

    django.setup()
    print(document(), end="")
