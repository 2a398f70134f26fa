"""The Jinja environment of pages, with its templates compiled before the first visitor waits for them."""

from functools import cache
from pathlib import Path

from jinja2 import (
    BytecodeCache,
    ChainableUndefined,
    ChoiceLoader,
    Environment,
    FileSystemLoader,
    PackageLoader,
    meta,
)
from jinja2.bccache import Bucket

from services.chassis.ids import new_id
from services.chassis.wording import day, nhs_number, person_name, when

CHASSIS_TEMPLATES = Path(__file__).parent / "templates"


class _Compiled(BytecodeCache):
    """What was compiled in this process: every service's pages use the same NHS.UK macros."""

    def __init__(self) -> None:
        self._kept: dict[str, bytes] = {}

    def load_bytecode(self, bucket: Bucket) -> None:
        if bucket.key in self._kept:
            bucket.bytecode_from_string(self._kept[bucket.key])

    def dump_bytecode(self, bucket: Bucket) -> None:
        self._kept[bucket.key] = bucket.bytecode_to_string()


_COMPILED = _Compiled()


def make_environment(templates: Path) -> Environment:
    """Templates of a folder, on top of those of the chassis and of NHS.UK. Values are escaped.

    Undefined names are chainable, because the NHS.UK macros need that; patients' messages use another,
    strict environment.
    """
    environment = Environment(
        loader=ChoiceLoader(
            [
                FileSystemLoader(templates),
                FileSystemLoader(CHASSIS_TEMPLATES),
                PackageLoader("nhsuk_frontend_jinja"),
            ]
        ),
        autoescape=True,
        undefined=ChainableUndefined,
        auto_reload=False,
        trim_blocks=True,
        lstrip_blocks=True,
        bytecode_cache=_COMPILED,
    )
    environment.globals["new_key"] = new_id
    environment.filters |= {
        "when": when,
        "day": day,
        "nhs_number": nhs_number,
        "person_name": person_name,
    }
    return environment


@cache
def compile_pages(templates: Path) -> None:
    """Compile the pages of a folder and whatever they use. Raises `TemplateSyntaxError` for a broken one."""
    environment = make_environment(templates)
    assert environment.loader is not None
    todo = {str(path.relative_to(templates)) for path in templates.rglob("*.html")}
    done: set[str] = set()
    while todo:
        name = todo.pop()
        environment.get_template(name)
        done.add(name)
        source = environment.loader.get_source(environment, name)[0]
        used = meta.find_referenced_templates(environment.parse(source))
        todo |= {other for other in used if other is not None} - done
