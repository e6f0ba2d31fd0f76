// A headless Chromium: `browser.mjs CHROMIUM`. A call is ["open", url], which gives a page's number, ["close", page],
// ["leave"], which ends it, ["netErrors", page], which gives the requests of a page that failed since the last time, by
// the browser's own names, or [page, name, ...], which is one of the calls of `page/*.js`, made in that page.

import { chromium } from "playwright-core";
import { answerCalls } from "./calls.mjs";

const browser = await chromium.launch({
  executablePath: process.argv[2],
  chromiumSandbox: process.getuid?.() !== 0, // root can't have one
  args: ["--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking", "--disable-sync", "--host-resolver-rules=MAP evil.example 127.0.0.1"],
});
const pages = [];
const netErrors = [];

// `came` are the texts of files, by URL, that came from elsewhere before a name was bound to us.
async function open(url, came = {}) {
  const page = await browser.newPage();
  for (const [one, body] of Object.entries(came)) {
    const contentType = one.endsWith(".js") ? "text/javascript" : "text/html";
    await page.route(one, (route) => route.fulfill({ body, contentType }));
  }
  const failed = [];
  page.on("requestfailed", (request) => failed.push(request.failure().errorText));
  await page.goto(url);
  await page.waitForFunction(() => "calls" in globalThis);
  netErrors.push(failed);
  return pages.push(page) - 1;
}

await answerCalls(async (first, ...given) => {
  if (first === "open") return open(...given);
  if (first === "close") return pages[given[0]].close();
  if (first === "netErrors") return netErrors[given[0]].splice(0);
  if (first === "leave") return browser.close();
  return pages[first].evaluate(([name, ...rest]) => globalThis.calls[name](...rest), given);
});
