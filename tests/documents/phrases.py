"""Files that real software wrote, and what a reader of each finds in it.

They were made once, with LibreOffice, LaTeX, Chromium, ReportLab and qpdf.
"""

from pathlib import Path

FILES = Path(__file__).parent / "files"

CLUB = [
    "Annual report of the bird club",
    "The club has 214 members in nine towns",
    "Anna leads the excursions",
    "Second resolution",
    "Elmstead",
    "Expenses were 3,410 euros, mostly for binoculars.",
]
HERONS = [
    "On the Patience of Herons",
    "We watched forty herons",
    "The efficient fishing strategy",
    "official, waffle",
    "Naïve coöperation, façade, Straße",
    "Southmarsh 28 1017",
    "eleven minutes and thirty",
    "Patience pays, the second column concludes",
]
NESTS = ["Grey heron,Elmstead,31", '"Egret, great",Oakford,17', "Müllerwiese"]
INVOICE = ["Binoculars 8x42 2 319.00", "Total 770.00 EUR, due on 14 March 2026"]
PONDS = ["Pond number 1 holds 111 litres", "Pond number 5 holds 555 litres"]

PHRASES = {
    "accents.pdf": [
        "Zażółć gęślą jaźń",
        "Příliš žluťoučký kůň",
        "Árvíztűrő tükörfúrógép",
        "Съешь же ещё этих мягких булок",
        "Ξεσκεπάζω την ψυχοφθόρα βδελυγμία",
        "20 °C, 5 € and “quotes”",
    ],
    "bitmap_fonts.pdf": ["We watched forty herons", "Patience pays, the second column concludes"],
    "book.pdf": ["The password of page 1 is heron-37.", "The password of page 300 is heron-11100."],
    "broken_xref.pdf": INVOICE,
    "data.csv": NESTS,
    "data.ods": NESTS,
    "data.xls": NESTS,
    "data.xlsx": [*NESTS, "2024-03-05"],
    "empty_pages.pdf": ["After a blank page comes this remark about marshes."],
    "encrypted_open.pdf": ["Anybody may read this encrypted page without a password."],
    "form.pdf": ["Application form of the bird club", "Wilhelmina Heron"],
    "intl.pdf": [
        "アオサギは水辺でじっと待っています。",
        "苍鹭站在水边等待。",
        "האנפה עומדת בשקט במים",
        "Цапля стоит неподвижно в воде.",
        "Ο ερωδιός περιμένει ακίνητος.",
        "مالك الحزين يقف ساكنا في الماء",
    ],
    "invoice.pdf": INVOICE,
    "invoice_aes.pdf": INVOICE,
    "japanese_cid.pdf": ["東京の動物園は月曜日が休みです。"],
    "latin1.csv": NESTS,
    "log_cp1251.txt": ["цапля прилетела в полдень", "в холодном пруду"],
    "outline.pdf": PONDS,
    "outline_objects.pdf": PONDS,
    "report.docx": [*CLUB, "| Oakford | 17 |", "## Members", "- Bert counts the nests"],
    "report.epub": [*CLUB, "| Oakford | 17 |"],
    "report.html": [*CLUB, "| Oakford | 17 |", "# Annual report", "1. First resolution"],
    "report.pdf": CLUB,
    "rotated.pdf": ["turned by 90 degrees and still reads well", "turned by 270 degrees"],
    "scanned.pdf": ["The second page is typed"],
    "slides.pptx": [
        "Herons in winter",
        "They gather at open water.",
        "Remember to mention the frozen lake.",
        "| Blackwater | 57 |",
    ],
    "table.pdf": ["Second 1,377 102", "where a storm closed", "typed into a field", "in a box"],
    "three_columns.pdf": ["Column 1 line 60 of the bulletin", "Column 3 line 1 of the bulletin"],
    "two.pdf": HERONS,
    "two_linearized.pdf": HERONS,
    "utf16.csv": NESTS,
    "vertical.pdf": ["Text that runs from bottom to top along the margin."],
}
