"""Zip files opened with care: how many members, how much they grow, their names, and XML without a document type."""

from __future__ import annotations

import io
import posixpath
import re
import zipfile
import zlib
from collections.abc import Iterator

from lxml import etree

from crawlers.files.answer import Limits, UnreadableError

_SMALL = 1 << 20  # a member under 1 MiB may shrink as well as it likes
_FLAG_ENCRYPTED = 0x1
_FLAG_UTF8 = 0x800
_DOCTYPE = re.compile(rb"<!DOCTYPE|<\x00!\x00D\x00O\x00C\x00T|\x00<\x00!\x00D\x00O\x00C\x00T", re.IGNORECASE)


class Package:
    """The members of a zip by name. Raises `UnreadableError`: bomb, encrypted or broken."""

    def __init__(self, content: bytes, limits: Limits, most: int) -> None:
        try:
            self._zip = zipfile.ZipFile(io.BytesIO(content))
        except (zipfile.BadZipFile, ValueError, NotImplementedError, OSError) as error:
            raise UnreadableError("broken", f"no readable zip directory: {error}") from error
        infos = [info for info in self._zip.infolist() if not info.is_dir()]
        _check(infos, limits, most)
        self._limits = limits
        self._read = 0
        self.members = {_name(info): info for info in infos}

    def __contains__(self, name: str) -> bool:
        return self._info(name) is not None

    def encrypted(self, name: str) -> bool:
        """Whether the member needs a password."""
        info = self._info(name)
        return info is not None and bool(info.flag_bits & _FLAG_ENCRYPTED)

    def read(self, name: str) -> bytes:
        """The bytes of a member, empty where there is none of this name."""
        info = self._info(name)
        if info is None:
            return b""
        if info.flag_bits & _FLAG_ENCRYPTED:
            raise UnreadableError("encrypted", f"{name} needs a password")
        self._read += info.file_size
        if self._read > 2 * self._limits.expanded:
            raise UnreadableError("bomb", "the same members are read again and again")
        try:
            return self._zip.read(info)
        except (zipfile.BadZipFile, zlib.error, EOFError, NotImplementedError, OSError, ValueError) as error:
            raise UnreadableError("broken", f"{name}: {error}") from error

    def plain(self, name: str) -> bytes:
        """The bytes of an XML member, for parsers that read it in steps."""
        return _undeclared(self.read(name), name)

    def xml(self, name: str) -> etree._Element | None:
        """The root of an XML member, None where there is none."""
        data = self.read(name)
        return parsed(data, name) if data else None

    def _info(self, name: str) -> zipfile.ZipInfo | None:
        found = self.members.get(name)
        if found is None:  # OOXML names are compared without case (ECMA-376 part 2, 6.2.2.3)
            found = next((info for key, info in self.members.items() if key.lower() == name.lower()), None)
        return found


def parsed(data: bytes, name: str) -> etree._Element:
    """The root of an XML text; a document type is refused, for none of these formats has one and bombs need it."""
    data = _undeclared(data, name)
    parser = etree.XMLParser(resolve_entities=False, no_network=True, huge_tree=False, remove_comments=True)
    try:
        return etree.fromstring(data, parser)
    except etree.XMLSyntaxError as error:
        raise UnreadableError("broken", f"{name}: {error}") from error


def _undeclared(data: bytes, name: str) -> bytes:
    if _DOCTYPE.search(data):
        raise UnreadableError("bomb", f"{name} declares a document type")
    return data


def local(element: etree._Element) -> str:
    """The name of an element without its namespace, of which some formats have several; comments have none."""
    tag = element.tag
    return tag.rpartition("}")[2] if isinstance(tag, str) else ""


def attribute(element: etree._Element, name: str) -> str | None:
    """An attribute by its name without namespace."""
    return next((str(v) for k, v in element.attrib.items() if str(k).rpartition("}")[2] == name), None)


def named(element: etree._Element, *names: str) -> Iterator[etree._Element]:
    """All elements below that bear one of the names, whatever their namespace."""
    return (e for e in element.iter() if local(e) in names)


def resolved(base: str, target: str) -> str:
    """The member that a path names, seen from the folder of `base`; a leading slash starts at the root."""
    target = target.replace("\\", "/")
    joined = target if target.startswith("/") else posixpath.join(posixpath.dirname(base), target)
    return posixpath.normpath(joined).lstrip("/")


def _check(infos: list[zipfile.ZipInfo], limits: Limits, most: int) -> None:
    if len(infos) > most:
        raise UnreadableError("bomb", f"{len(infos)} members, {most} allowed")
    total = sum(info.file_size for info in infos)
    if total > limits.expanded:
        raise UnreadableError("bomb", f"{total} bytes unpacked, {limits.expanded} allowed")
    for info in infos:
        if info.file_size > _SMALL and info.file_size > limits.ratio * max(info.compress_size, 1):
            raise UnreadableError("bomb", f"{info.file_size} bytes packed into {info.compress_size}")


def _name(info: zipfile.ZipInfo) -> str:
    """A member's name as its writer meant it: UTF-8 where flagged or plainly so, else GBK as Chinese Windows writes.

    Some GBK names are valid UTF-8 by chance (图.png), but then hold letters below U+0800, which no Chinese name does.
    Only a label: nothing is ever written to disk. Parts that climb (`..`), drives and leading slashes are dropped.
    """
    name = info.orig_filename
    if not info.flag_bits & _FLAG_UTF8:
        raw = name.encode("cp437", "replace")
        meant = _decoded(raw, "utf-8")
        if meant is None or any("\x7f" < char < "\u0800" for char in meant):
            meant = _decoded(raw, "gb18030") or meant
        name = name if meant is None else meant
    parts = re.split(r"[\\/]+", re.sub(r"[\x00-\x1f\x7f]", "", name))
    return "/".join(part for part in parts if part not in {"", ".", ".."} and not re.fullmatch(r"[A-Za-z]:", part))


def _decoded(raw: bytes, encoding: str) -> str | None:
    try:
        return raw.decode(encoding)
    except UnicodeDecodeError:
        return None
