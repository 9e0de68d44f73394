"""What files hold, whoever stored them."""

from __future__ import annotations

import io
import zipfile

from cuagym.documents import digest


def archive(*parts: tuple[str, bytes], packed: bool = True, year: int = 2020) -> bytes:
    out = io.BytesIO()
    how = zipfile.ZIP_DEFLATED if packed else zipfile.ZIP_STORED
    with zipfile.ZipFile(out, "w", how) as target:
        for name, data in parts:
            target.writestr(zipfile.ZipInfo(name, (year, 1, 1, 0, 0, 0)), data, how)
    return out.getvalue()


PARTS = ("xl/workbook.xml", b"<workbook/>"), ("docProps/core.xml", b"<now/>")


def test_a_digest_sees_contents_and_not_dates_or_compression() -> None:
    assert digest(archive(*PARTS)) == digest(archive(*PARTS, packed=False, year=2001))
    assert digest(archive(*PARTS)) != digest(archive(PARTS[0]))
    assert digest(archive(*PARTS)) != digest(archive(("xl/workbook.xml ", PARTS[0][1]), PARTS[1]))
    later = archive(PARTS[0], ("docProps/core.xml", b"<then/>"))
    assert digest(archive(*PARTS)) != digest(later)
    assert digest(archive(*PARTS), without="docProps/") == digest(later, without="docProps/")


def test_a_digest_does_not_unpack_bombs_and_takes_anything() -> None:
    bomb = archive(("a", bytes(100 * 2**20)))
    assert len(bomb) < 2**20
    assert digest(bomb) != digest(archive(("a", bytes(100 * 2**20)), year=2001))  # its bytes
    for broken in (b"", b"PK", archive(*PARTS)[:-9]):
        assert digest(broken) == digest(bytes(broken))
        assert digest(broken) != digest(broken + b"x")
