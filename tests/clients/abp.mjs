// ABP's scripts for jQuery in a page of jsdom, which keeps cookies and the rules of origins: `abp.mjs PAGE`.
// A call is [options of abp.ajax]; its value or refusal has what the page was shown and whether it was sent away.

import { readFileSync } from "node:fs";
import { JSDOM, VirtualConsole } from "jsdom";
import { answerCalls } from "./calls.mjs";

const SCRIPTS = [
  "jquery/dist/jquery.js",
  "abp-web-resources/Abp/Framework/scripts/abp.js",
  "abp-web-resources/Abp/Framework/scripts/libs/abp.jquery.js",
];

const [page] = process.argv.slice(2);
const virtualConsole = new VirtualConsole();
const { window } = new JSDOM("<!doctype html>", { url: page, runScripts: "outside-only", virtualConsole });
for (const script of SCRIPTS) {
  window.eval(readFileSync(new URL(`node_modules/${script}`, import.meta.url), "utf8"));
}
const { abp, jQuery } = window;

// The scripts leave it to the application how a message is shown: here it is noted, and closed at once.
let shown = [];
abp.message.error = (text, title) => {
  shown.push(title === undefined ? [text] : [title, text]);
  return jQuery.Deferred().resolve().promise();
};

// jsdom stays where it is and says so: that is how leaving a page is seen here.
let left = 0;
let fail = () => {};
virtualConsole.on("jsdomError", (error) => {
  if (error.type === "not-implemented") {
    left += 1;
  } else {
    fail(error);
  }
});

function ajax(options) {
  shown = [];
  left = 0;
  return new Promise((resolve, reject) => {
    fail = reject;
    const noted = (jqXHR) => ({ status: jqXHR.status, shown, left: left > 0 });
    // After the answer has been handed out, the scripts may still leave the page.
    const later = (settle, told) => setTimeout(() => settle(told()));
    abp.ajax(options).then(
      (result, envelope, jqXHR) => later(resolve, () => ({ result: result ?? null, envelope, ...noted(jqXHR) })),
      (error, jqXHR) => {
        // Where the body is none of ABP's, there is no error but the answer itself.
        const bare = "readyState" in error;
        later(reject, () => ({ error: bare ? null : error, ...noted(bare ? error : jqXHR) }));
      },
    );
  });
}

const CALLS = {
  ajax,
  setToken: async (token) => abp.auth.setToken(token),
  setCookie: async (name, value) => abp.utils.setCookieValue(name, value),
  cookie: async (name) => abp.utils.getCookieValue(name),
  query: async (pairs) => abp.utils.buildQueryString(pairs),
};

await answerCalls((name, ...given) => CALLS[name](...given));
