/** What outlives a reload of the page, for each sandbox; without storage, nothing does. */

import { sandbox } from "../lib/route.js";

const nameOf = (what) => `mockserver.demo ${sandbox.peek()} ${what}`;

/** What was kept under a name; null where nothing was, or nothing that can be read. */
export function readKept(what) {
  try {
    return JSON.parse(sessionStorage.getItem(nameOf(what)));
  } catch {
    return null;
  }
}

export function keep(what, value) {
  try {
    sessionStorage.setItem(nameOf(what), JSON.stringify(value));
  } catch {
    // The page goes on with what it has, as long as it is there.
  }
}
