"""XML from outside into a small tree: no DOCTYPE, no entities of its own, and never without bounds."""

import re
from collections.abc import Iterator
from typing import Any
from xml.parsers import expat

MOST_BYTES = 5_000_000
"""ITK3 keeps a whole message below this."""
MOST_ELEMENTS = 100_000
MOST_ATTRIBUTES = 50
DEEPEST = 100

# A parser looks at all attributes of an element at once, and lets nobody else go on meanwhile.
_LONG_TAG = re.compile(rb"<[^<]{20000,}")
_MOST_EQUAL_SIGNS = 1000

_FHIR = "http://hl7.org/fhir "
_XHTML = "http://www.w3.org/1999/xhtml "
NARRATIVE = "xhtml:"
"""How the name of an element of the narrative begins."""
_ELSEWHERE = "elsewhere:"


class NotXml(Exception):
    """The bytes are no XML that is taken here; the text says why and repeats nothing of them."""


class TooLarge(NotXml):
    """More than one message may have: bytes, elements, or one in the other."""


class Node:
    """One element. FHIR keeps what it says in the attributes `value` and `url`; only narrative holds text."""

    __slots__ = ("attributes", "children", "name")

    def __init__(self, name: str, attributes: dict[str, str]) -> None:
        self.name = name
        """Without a namespace for FHIR; `xhtml:div` for the narrative."""
        self.attributes = attributes
        self.children: list[Node | str] = []

    @property
    def value(self) -> str:
        """What a primitive says; empty when it says nothing."""
        return self.attributes.get("value", "")

    def all(self, *path: str) -> Iterator["Node"]:
        """Every element at the end of the path."""
        for child in self.children:
            if isinstance(child, Node) and child.name == path[0]:
                if len(path) == 1:
                    yield child
                else:
                    yield from child.all(*path[1:])

    def first(self, *path: str) -> "Node | None":
        """The first element at the end of the path."""
        return next(self.all(*path), None)

    def said(self, *path: str) -> str:
        """The first value that is not empty at the end of the path; empty when there is none."""
        return next((node.value for node in self.all(*path) if node.value), "")

    def extensions(self, name: str) -> Iterator["Node"]:
        """Extensions by the last part of their URL, whatever version stands behind it."""
        for extension in self.all("extension"):
            last = extension.attributes.get("url", "").rpartition("/")[2]
            if last == name or last.startswith(f"{name}-"):
                yield extension


def read_xml(body: bytes) -> Node:
    """Read the root element. Raises `NotXml`, at the latest when the bounds are reached."""
    if len(body) > MOST_BYTES:
        raise TooLarge(f"The message has more than {MOST_BYTES} bytes")
    if any(tag.group().count(b"=") > _MOST_EQUAL_SIGNS for tag in _LONG_TAG.finditer(body)):
        raise TooLarge("An element has more attributes than a document needs")
    builder = _Builder()
    parser = expat.ParserCreate(namespace_separator=" ")
    parser.buffer_text = True
    parser.StartDoctypeDeclHandler = _refuse_doctype
    parser.EntityDeclHandler = _refuse_doctype
    parser.StartElementHandler = builder.start
    parser.EndElementHandler = builder.end
    parser.CharacterDataHandler = builder.text
    try:
        parser.Parse(body, True)
    except (expat.ExpatError, UnicodeError, LookupError, ValueError):
        raise NotXml("The body is not well-formed XML") from None
    return builder.root


class _Builder:
    def __init__(self) -> None:
        self._top = Node("", {})
        self._open = [self._top]
        self._count = 0
        self._names: dict[str, str] = {}

    @property
    def root(self) -> Node:
        found = self._top.children[0]
        if not isinstance(found, Node):
            raise NotXml("The body has no element")
        return found

    def start(self, name: str, attributes: dict[str, str]) -> None:
        self._count += 1
        if self._count > MOST_ELEMENTS or len(attributes) > MOST_ATTRIBUTES:
            raise TooLarge("The message has more parts than a document needs")
        if len(self._open) > DEEPEST:
            raise TooLarge(f"The elements are nested more than {DEEPEST} deep")
        node = Node(self._names.get(name) or self._short(name), attributes)
        self._open[-1].children.append(node)
        self._open.append(node)

    def end(self, _: str) -> None:
        self._open.pop()

    def text(self, text: str) -> None:
        inner = self._open[-1]
        if inner.name.startswith(NARRATIVE):
            inner.children.append(text)

    def _short(self, name: str) -> str:
        for namespace, prefix in ((_FHIR, ""), (_XHTML, NARRATIVE)):
            if name.startswith(namespace):
                short = prefix + name.removeprefix(namespace)
                break
        else:
            short = _ELSEWHERE + name
        self._names[name] = short
        return short


def _refuse_doctype(*_: Any) -> None:
    raise NotXml("A DOCTYPE or an entity is not taken here")
