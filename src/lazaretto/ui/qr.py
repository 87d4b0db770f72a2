"""QR codes as SVG: sharp at every size, no image files, allowed by the content security policy."""

import io

import segno


def svg(content: str, *, label: str = "", error: str = "m") -> str:
    """An inline `<svg>` for a page, with a quiet zone of 4 modules; `label` is its accessible name.

    `error` is the correction level: m for screens and certificates, q for door cards that get wiped.
    """
    out = io.BytesIO()
    code = segno.make_qr(content, error=error)
    code.save(
        out,
        kind="svg",
        xmldecl=False,
        svgns=True,
        omitsize=True,
        border=4,
        light="#fff",
        title=label or None,
        svgclass="lz-qr",
        lineclass=None,
    )
    return out.getvalue().decode()


def picture(content: str) -> str:
    """The code as the address of a picture (`data:`), for pages that are put together by a script."""
    return str(segno.make_qr(content, error="m").svg_data_uri(border=4, light="#fff", scale=6))


def svg_file(content: str, *, error: str = "m") -> str:
    """A stand-alone SVG document of the code, dark modules on nothing, no quiet zone: for printed papers."""
    out = io.BytesIO()
    segno.make_qr(content, error=error).save(
        out, kind="svg", xmldecl=False, omitsize=True, border=0, svgclass=None, lineclass=None
    )
    return out.getvalue().decode()
