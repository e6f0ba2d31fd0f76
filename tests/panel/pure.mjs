// What the panel does without a page, in Node.js: one call a line, of a function of `mockserver/panel/requests/`.

import { answerCalls } from "../clients/calls.mjs";

import { forPage, partsOf, quoteScript, quoteShell, toCurl, toFetch } from "../../mockserver/panel/requests/sending.js";
import { indent, matcher, routeOf, subjectOf } from "../../mockserver/panel/requests/words.js";

const AsyncFunction = (async () => {}).constructor;

const calls = {
  indent,
  quoteScript,
  quoteShell,
  routeOf,
  subjectOf,
  curl: (entry, base) => toCurl(partsOf(entry, base)),
  page: (entry, base) => forPage(partsOf(entry, base)),
  fetch: (entry, base) => toFetch(forPage(partsOf(entry, base), { withSecrets: true })),
  filter: (asked, entries) => entries.filter(matcher(asked)).map((entry) => entry.number),
  read: (script) => new Function(`return ${script}`)(),
  run: async (script) => new AsyncFunction(`return (${script.replace(/;$/, "")}).status`)(),
};
await answerCalls(async (name, ...given) => calls[name](...given));
