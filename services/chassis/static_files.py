"""Style sheets, scripts and icons, which a browser may keep."""

from pathlib import Path

from starlette.responses import Response
from starlette.staticfiles import StaticFiles
from starlette.types import Scope

STATIC = Path(__file__).parent / "static"
_A_YEAR = "public, max-age=31536000, immutable"
_TEN_MINUTES = "public, max-age=600"


class StaticAssets(StaticFiles):
    """Our files for ten minutes; vendored ones, whose folder names their version, for a year."""

    async def get_response(self, path: str, scope: Scope) -> Response:
        """The file; raises 404 as `HTTPException`."""
        response = await super().get_response(path, scope)
        response.headers["Cache-Control"] = _A_YEAR if path.startswith("vendor/") else _TEN_MINUTES
        return response
