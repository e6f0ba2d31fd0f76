// A page of jsdom with ABP's scripts in it, unchanged; jsdom keeps cookies and the rules of origins as a browser does.

import { readFileSync } from "node:fs";
import { JSDOM, VirtualConsole } from "jsdom";

const SCRIPTS = [
  "jquery/dist/jquery.js",
  "abp-web-resources/Abp/Framework/scripts/abp.js",
  "abp-web-resources/Abp/Framework/scripts/libs/abp.jquery.js",
];

export function openPage(url) {
  const virtualConsole = new VirtualConsole();
  const { window } = new JSDOM("<!doctype html>", { url, runScripts: "outside-only", virtualConsole });
  for (const script of SCRIPTS) {
    window.eval(readFileSync(new URL(`node_modules/${script}`, import.meta.url), "utf8"));
  }
  return { window, notes: noteEffects(window, virtualConsole) };
}

// What a request does to the page: the messages it shows, and whether it is left. The scripts leave it to the
// application how a message is shown: here it is noted and closed at once. jsdom leaves no page, and says so where
// the way leads to another one.
function noteEffects({ abp, jQuery }, virtualConsole) {
  const notes = { shown: [], left: false, fail: () => {} };
  abp.message.error = (text, title) => {
    notes.shown.push(title ? [title, text] : [text]);
    return jQuery.Deferred().resolve().promise();
  };
  virtualConsole.on("jsdomError", (error) => {
    if (error.type === "not-implemented") {
      notes.left = true;
    } else {
      notes.fail(error);
    }
  });
  return notes;
}

// One request by `send(resolve, reject)`. After an answer has been handed out, the scripts may still leave the page:
// what became of it is told a turn later.
export function observe(notes, send) {
  Object.assign(notes, { shown: [], left: false });
  const told = (outcome) => ({ ...outcome, shown: notes.shown, left: notes.left });
  return new Promise((resolve, reject) => {
    notes.fail = reject;
    send(
      (outcome) => setTimeout(() => resolve(told(outcome))),
      (outcome) => setTimeout(() => reject(told(outcome))),
    );
  });
}
