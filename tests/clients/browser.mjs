// A headless Chromium: `browser.mjs CHROMIUM`. A call is ["open", url], which gives a page's number, ["close", page],
// ["leave"], which ends it, or [page, name, ...], which is one of the calls of `page/calls.js`, made in that page.

import { chromium } from "playwright-core";
import { answerCalls } from "./calls.mjs";

const browser = await chromium.launch({
  executablePath: process.argv[2],
  chromiumSandbox: process.getuid?.() !== 0, // root can't have one
  args: ["--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking", "--disable-sync"],
});
const pages = [];

async function open(url) {
  const page = await browser.newPage();
  await page.goto(url);
  await page.waitForFunction(() => "calls" in globalThis);
  return pages.push(page) - 1;
}

await answerCalls(async (first, ...given) => {
  if (first === "open") return open(...given);
  if (first === "close") return pages[given[0]].close();
  if (first === "leave") return browser.close();
  return pages[first].evaluate(([name, ...rest]) => globalThis.calls[name](...rest), given);
});
