// A headless Chromium: `browser.mjs CHROMIUM`. A call is ["open", url], which gives a page's number, ["close", page],
// ["leave"], which ends it, ["endings", urls], which gives the browser's own names for how the requests to these ended,
// "-" where nothing went wrong, or [page, name, ...], which is one of the calls of `page/*.js`, made in that page.

import { chromium } from "playwright-core";
import { answerCalls } from "./calls.mjs";

const browser = await chromium.launch({
  executablePath: process.argv[2],
  chromiumSandbox: process.getuid?.() !== 0, // root can't have one
  args: ["--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking", "--disable-sync", "--host-resolver-rules=MAP evil.example 127.0.0.1"],
});
const pages = [];
const endings = new Map();

// How the request to an address ends, or has ended.
function endingOf(url) {
  if (!endings.has(url)) endings.set(url, Promise.withResolvers());
  return endings.get(url);
}

// `came` are the texts of files, by URL, that came from elsewhere before a name was bound to us.
async function open(url, came = {}) {
  const page = await browser.newPage();
  for (const [one, body] of Object.entries(came)) {
    const contentType = one.endsWith(".js") ? "text/javascript" : "text/html";
    await page.route(one, (route) => route.fulfill({ body, contentType }));
  }
  page.on("requestfailed", (request) => endingOf(request.url()).resolve(request.failure().errorText));
  page.on("requestfinished", (request) => endingOf(request.url()).resolve("-"));
  await page.goto(url);
  await page.waitForFunction(() => "calls" in globalThis);
  return pages.push(page) - 1;
}

await answerCalls(async (first, ...given) => {
  if (first === "open") return open(...given);
  if (first === "close") return pages[given[0]].close();
  if (first === "endings") return Promise.all(given[0].map((url) => endingOf(url).promise));
  if (first === "leave") return browser.close();
  return pages[first].evaluate(([name, ...rest]) => globalThis.calls[name](...rest), given);
});
