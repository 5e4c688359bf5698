"""Reading documents of about 200 printed pages: processor and memory of the worker, by format.

The processor is that of a worker that runs already, from the file to its text on the way to the
app. The floor is the library of the format alone, which finds the same text on the same bytes: no
limits, no Markdown, no other process. The peak is all the memory of a worker that read one
document, this one.
"""

import csv
import io
import time
from collections.abc import Callable
from statistics import median

import pypdfium2 as pdfium
from lxml import etree, html
from python_calamine import CalamineWorkbook

from chatapp.documents.worker_process import DocumentWorkerProcess
from tests.bench.document_files import PAGES, every_format, unpacked
from tests.bench.figures import Figure
from tests.bench.harness import Bench
from tests.bench.usage import peak_mb, thread_seconds

ROUNDS = 5
MAX_MB = 150
MAX_PDF_SECONDS = 3
FEW_WORDS = 400


def measure(bench: Bench) -> list[Figure]:
    files = every_format()
    times = [_time(name, content) for name, content in files.items()]
    pdf = Figure(
        name=f"A PDF of {PAGES} pages, seconds to its text",
        unit="s",
        ours=times[0].ours / 1000,
        reach=MAX_PDF_SECONDS,
        statistic="processor",
    )
    return [pdf, *times, *(_peak(name, content) for name, content in files.items())]


def _time(name: str, content: bytes) -> Figure:
    library, alone, factor = FLOORS[name.split()[1]]
    worker = DocumentWorkerProcess()
    extract = worker.read(content)
    assert sum(len(page.text) for page in extract.pages) > FEW_WORDS
    ours, floor = [], []
    for _ in range(ROUNDS):
        begin = time.thread_time()
        alone(content)
        floor.append(time.thread_time() - begin)
        begin = thread_seconds(worker.pid)
        worker.read(content)
        ours.append(thread_seconds(worker.pid) - begin)
    worker.end()
    return Figure(
        name=f"{name}, read",
        unit="ms",
        ours=1000 * median(ours),
        floor=1000 * median(floor),
        reach=factor,
        stated_floor=1,
        floor_name=library,
        statistic=f"median of {ROUNDS}, processor",
        samples=[1000 * each for each in ours],
        floor_samples=[1000 * each for each in floor],
    )


def _peak(name: str, content: bytes) -> Figure:
    worker = DocumentWorkerProcess()
    worker.read(content)
    peak = peak_mb(worker.pid)
    worker.end()
    return Figure(
        name=f"{name}, peak memory of the worker",
        unit="MB",
        ours=peak,
        reach=MAX_MB,
        statistic=f"the file has {len(content) / 1024:,.0f} KB",
    )


def _pdf(content: bytes) -> None:
    document = pdfium.PdfDocument(content)
    for page in document:
        page.get_textpage().get_text_range()
    document.close()


def _xml(content: bytes) -> None:
    for entry in unpacked(content, ".xml"):
        "".join(etree.fromstring(entry).itertext())


def _sheets(content: bytes) -> None:
    workbook = CalamineWorkbook.from_filelike(io.BytesIO(content))
    for name in workbook.sheet_names:
        workbook.get_sheet_by_name(name).to_python()


def _chapters(content: bytes) -> None:
    for entry in unpacked(content, ".xhtml"):
        _page(entry)


def _page(content: bytes) -> None:
    html.document_fromstring(content).text_content()


def _table(content: bytes) -> None:
    list(csv.reader(io.StringIO(content.decode())))


def _lines(content: bytes) -> None:
    content.decode().splitlines()


# What reads a format alone, and how many times as long ours may take.
FLOORS: dict[str, tuple[str, Callable[[bytes], None], float]] = {
    "PDF": ("PDFium alone", _pdf, 3),
    "DOCX": ("lxml alone", _xml, 60),
    "XLSX": ("calamine alone", _sheets, 3),
    "PPTX": ("lxml alone", _xml, 10),
    "EPUB": ("lxml alone", _chapters, 20),
    "CSV": ("csv alone", _table, 3),
    "HTML": ("lxml alone", _page, 25),
    "text": ("decoding and splitting", _lines, 50),
}
