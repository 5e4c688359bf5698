"""Run `static/js/lib/patches.js` in a browser, in a process of its own: JSON in, JSON out.

Standard input has lists of calls, each on a new ReplyText: ["receive", patch] or
["adopt", state]. Standard output has, after each call, what the text then is.
"""

import json
import sys

from playwright.sync_api import sync_playwright

from tests.servers.app import ROOT
from tests.system.browser import launch_arguments

SOURCE = ROOT / "static" / "js" / "lib" / "patches.js"
PLAY = """
histories => histories.map(calls => {
  const text = new ReplyText();
  return calls.map(([name, value]) => {
    text[name](value);
    const { attempt, sequence, blocks, behind } = text;
    return { attempt, sequence, blocks: blocks && [...blocks], behind };
  });
})
"""


def main() -> None:
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(**launch_arguments())  # type: ignore[arg-type]
        page = browser.new_page()
        module = SOURCE.read_text() + "\nObject.assign(window, { ReplyText });"
        page.add_script_tag(content=module, type="module")
        page.wait_for_function("!!window.ReplyText")
        json.dump(page.evaluate(PLAY, json.load(sys.stdin)), sys.stdout)
        browser.close()


if __name__ == "__main__":
    main()
