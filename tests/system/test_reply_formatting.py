"""What replies look like: only a browser knows sizes, directions, and what is copied."""

from typing import Any

from playwright.sync_api import Browser, Page, expect

from tests.system.conftest import PHONE, Chat, watched

REPLY = r"""/echo # One

## Two

### Three

#### Four

Cost \(\boxed{x}\) and \(\cancel{3}\), \(\hat{y}^2\) end

```bash
make run
```

| Left | Right |
|---|--:|
| a | 1 |

1. الخطوة الأولى

`ls` يعرض الملفات
"""

WIDE = r"""/echo $$a_1x_1 + a_2x_2 + a_3x_3 + a_4x_4 + a_5x_5 + a_6x_6 + a_7x_7 + a_8x_8 = b$$

So \(a_1x_1 + a_2x_2 + a_3x_3 + a_4x_4 + a_5x_5 + a_6x_6 + a_7x_7 = b\) holds.

| One | Two | Three | Four | Five | Six | Seven |
|---|---|---|---|---|---|---|
| some words | some words | some words | some words | some words | words | the end |

```
a/very/long/line/of/code/that/does/not/fit/on/any/phone/and/goes/on/and/on/and/on
```

# /usr/local/share/a/heading/that/has/no/blank/and/goes/on/and/on/and/on

`/usr/local/share/a/path/in/code/that/has/no/blank/and/goes/on/and/on/and/on`
"""

STYLE = "(e, name) => getComputedStyle(e)[name]"
COPY = """async () => {
  getSelection().selectAllChildren(document.querySelector('article[data-role=assistant] .prose'));
  await customElements.whenDefined('reading-tools'); // a selection loads them
  const data = new DataTransfer();
  document.dispatchEvent(new ClipboardEvent('copy', { clipboardData: data, cancelable: true }));
  return data.getData('text/plain');
}"""
HAS_FONT = "performance.getEntriesByType('resource').some(e => /reply-math/.test(e.name))"
# Whether the end of what is inside can be scrolled into view.
HIDDEN = """() => {
  const width = document.documentElement.clientWidth;
  const hidden = [];
  for (const element of document.querySelectorAll('.prose *')) {
    if (element.getBoundingClientRect().right <= width + 1) continue;
    const box = element.closest('.table-scroll, .math-scroll, pre');
    if (!box || box.getBoundingClientRect().right > width + 1) hidden.push(element.outerHTML);
  }
  return hidden;
}"""


def style(page: Page, selector: str, name: str) -> str:
    return str(page.locator(f".prose {selector}").first.evaluate(STYLE, name))


def test_a_reply_looks_and_copies_as_it_was_meant(chat: Chat) -> None:
    page = chat.page
    assert not page.evaluate(HAS_FONT)  # the first load is without it
    chat.ask(REPLY)

    sizes = [style(page, tag, "fontSize") for tag in ("h3", "h4", "h5", "h6")]
    assert sizes == ["22px", "20px", "18px", "16px"]
    assert style(page, ".math-box", "borderTopStyle") == "solid"
    assert "gradient" in style(page, ".math-strike-up", "backgroundImage")
    page.wait_for_function(HAS_FONT)
    assert style(page, "td[align=right]", "textAlign") == "right"
    assert style(page, "ol", "direction") == "rtl"
    assert style(page, "p:has(> code)", "direction") == "rtl"
    assert style(page, "p > code", "direction") == "ltr"

    copied = page.evaluate(COPY)

    assert r"Cost $\boxed{x}$ and $\cancel{3}$, $\hat{y}^2$ end" in copied
    assert "make run" in copied
    assert "Wrap" not in copied
    expect(page.locator("math[alttext]")).to_have_count(3)


def test_wide_content_can_be_read_to_its_end_on_a_small_phone(
    browser: Browser, browser_context_args: dict[str, Any]
) -> None:
    small = {**browser_context_args, **PHONE, "viewport": {"width": 320, "height": 640}}
    for page in watched(browser.new_context(**small)):
        chat = Chat(page).open()
        chat.box.fill(WIDE)
        chat.send_button.click()
        expect(chat.replies).to_have_attribute("data-status", "complete")

        assert page.evaluate(HIDDEN) == []
        scrollers = page.locator(".table-scroll, .math-scroll, .prose pre")
        expect(scrollers).to_have_count(4)
        for scroller in scrollers.all():
            assert scroller.evaluate("e => { e.scrollLeft = 9999; return e.scrollLeft > 0; }")
            assert scroller.get_attribute("tabindex") == "0"
