"""What a fake camera sees: codes held before it one after the other, as a y4m film."""

from pathlib import Path

import zxingcpp

WIDTH, HEIGHT, RATE, SECONDS = 640, 480, 10, 2


def film(path: Path, *codes: tuple[str, str]) -> Path:
    """Each code (format, text) for two seconds on white, with half a second of nothing before it."""
    blank = bytes([235]) * (WIDTH * HEIGHT)
    with path.open("wb") as out:
        out.write(f"YUV4MPEG2 W{WIDTH} H{HEIGHT} F{RATE}:1 Ip A1:1 C420jpeg\n".encode())
        for kind, text in codes:
            for frame in [blank] * (RATE // 2) + [_picture(kind, text)] * (RATE * SECONDS):
                out.write(b"FRAME\n" + frame + bytes([128]) * (WIDTH * HEIGHT // 2))
    return path


def _picture(kind: str, text: str) -> bytes:
    code = zxingcpp.create_barcode(text, getattr(zxingcpp.BarcodeFormat, kind))
    wide = memoryview(code.to_image(scale=1)).shape[1]
    image = memoryview(code.to_image(scale=max(1, 420 // wide)))
    rows, columns = image.shape
    top, left = (HEIGHT - rows) // 2, (WIDTH - columns) // 2
    grey = bytearray([235]) * (WIDTH * HEIGHT)
    flat = image.tobytes()
    for row in range(rows):
        begin = (top + row) * WIDTH + left
        grey[begin : begin + columns] = bytes(
            16 if dot < 128 else 235 for dot in flat[row * columns : (row + 1) * columns]
        )
    return bytes(grey)
