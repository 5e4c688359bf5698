"""A 12-megapixel photo until it is stored, and what each format costs in the image worker.

The photo is a JPEG of smooth colours under grain. Ours sends it through the pipe, checks it, turns
it, converts it to sRGB, shrinks it to 1,568 pixels, encodes it and a thumbnail, in a worker that
already runs; plain Pillow opens it, makes a thumbnail of 1,568 pixels and saves that. The peak is
all the memory of a worker that opened one image, as large as its format may be, and no other;
that image has one colour, which needs the same memory.
"""

import io
import math
import random
import time
from collections.abc import Callable
from pathlib import Path
from statistics import median
from typing import Any

import pillow_heif
from PIL import Image

from chatapp.images.formats import Format
from chatapp.images.worker.readers import MAX_PIXELS
from chatapp.images.worker_queue import ImageWorkerQueue
from tests.bench.figures import Figure
from tests.bench.harness import Bench

ROUNDS = 7
SIZE = (4000, 3000)
EDGE = 1_568
STATED_FLOOR = 200  # ms
MAX_WORKER_MB = 300
FORMATS: dict[str, tuple[Format, dict[str, Any]]] = {
    "JPEG": (Format.JPEG, {"quality": 85}),
    "JPEG in several scans": (Format.JPEG, {"quality": 85, "progressive": True}),
    "PNG": (Format.PNG, {"compress_level": 1}),
    "GIF": (Format.GIF, {}),
    "WebP": (Format.WEBP, {"method": 0}),
    "AVIF": (Format.AVIF, {"speed": 10}),
    "HEIC in tiles": (Format.HEIC, {"enc_params": {"preset": "ultrafast"}, "tile_size": 512}),
    "BMP": (Format.BMP, {}),
    "TIFF": (Format.TIFF, {"compression": "tiff_lzw"}),
}


def measure(bench: Bench) -> list[Figure]:
    image = photo()
    content = encoded(image, "JPEG")
    queue = ImageWorkerQueue()
    queue.submit(content).result()
    ours, floor = [], []
    for _ in range(ROUNDS):
        floor.append(_milliseconds(lambda: _plain(content)))
        ours.append(_milliseconds(lambda: queue.submit(content).result()))
    queue.close()
    speed = Figure(
        name="A 12-megapixel photo, ready for the model",
        unit="ms",
        ours=median(ours),
        floor=min(floor),
        reach=300,
        stated_floor=STATED_FLOOR,
        floor_name="plain Pillow",
        statistic=f"median of {ROUNDS}",
        samples=ours,
        floor_samples=floor,
    )
    return [speed, *(_time(name, encoded(image, name)) for name in FORMATS), *map(_peak, FORMATS)]


def photo() -> Image.Image:
    """Draw smooth colours under grain, which codecs find about as hard as a photo."""
    coarse = (SIZE[0] // 24, SIZE[1] // 24)
    pixels = random.Random(4).randbytes(coarse[0] * coarse[1] * 3)
    colours = Image.frombytes("RGB", coarse, pixels).resize(SIZE, Image.Resampling.BICUBIC)
    grain = Image.effect_noise(SIZE, 40).convert("RGB")
    return Image.blend(colours, grain, 0.2)


def encoded(image: Image.Image, name: str) -> bytes:
    pillow_heif.register_heif_opener()
    kind, options = FORMATS[name]
    buffer = io.BytesIO()
    image.save(buffer, "HEIF" if kind is Format.HEIC else kind.name, **options)
    return buffer.getvalue()


def _plain(content: bytes) -> None:
    image = Image.open(io.BytesIO(content))
    image.thumbnail((EDGE, EDGE))
    image.save(io.BytesIO(), "JPEG", quality=85)


def _milliseconds(work: Callable[[], object]) -> float:
    begin = time.perf_counter()
    work()
    return (time.perf_counter() - begin) * 1000


def _time(name: str, content: bytes) -> Figure:
    queue = ImageWorkerQueue()
    queue.submit(b"BM").exception()  # no image, but the worker runs
    spent = _milliseconds(lambda: queue.submit(content).result())
    queue.close()
    return Figure(name=f"12 megapixels of {name}, time", unit="ms", ours=spent)


def _peak(name: str) -> Figure:
    edge = math.isqrt(MAX_PIXELS[FORMATS[name][0]])
    # Three bytes per pixel are more than a BMP may have at its limit.
    content = encoded(Image.new("L" if name == "BMP" else "RGB", (edge, edge), "teal"), name)
    queue = ImageWorkerQueue()
    queue.submit(content).result()
    status = Path(f"/proc/{queue.pid}/status").read_text()
    queue.close()
    peak = next(int(line.split()[1]) for line in status.splitlines() if "VmHWM" in line)
    return Figure(
        name=f"{edge * edge / 1_000_000:.0f} megapixels of {name}, peak memory of the worker",
        unit="MB",
        ours=peak / 1024,
        reach=MAX_WORKER_MB,
    )
