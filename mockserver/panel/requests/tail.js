/**
 * The end of a sandbox's journal as it is shown: the newest first, and as they come, unless somebody is reading.
 *
 * What comes meanwhile is kept and counted; nothing that is shown moves until the list is let go on. Of both there are
 * no more than the journal has.
 */

import { ask } from "../lib/control.js";
import { batch, effect, signal } from "../lib/html.js";
import { sandbox } from "../lib/route.js";
import { listen, rejoined } from "../lib/stream.js";
import { matcher } from "./words.js";

/** How many exchanges a journal has at most. */
export const LIMIT = 1_000;
/** How many are asked for at a time: a long answer would keep the page from everything else. */
const PAGE = 200;
/** How often the list is made anew at most: more often nobody can read, and each time it is laid out. */
const FLUSH_MS = 100;

export class Tail {
  /** Those that are shown, the newest first. */
  rows = signal([]);
  /** How many there are, shown or not. */
  total = signal(0);
  /** How many have come since somebody began to read, of those that would be shown. */
  waiting = signal(0);
  /** Null before the journal was first loaded; the error where it could not be. */
  refusal = signal(null);
  isLoaded = signal(false);

  #all = [];
  #came = []; // while it is held, the newest first
  #fresh = []; // not told yet, in their order
  #isLoading = false;
  #isHeld = false;
  #matches = matcher({});
  #timer;
  #turn = 0;

  /** Follows the journal until the function that it gives back is called. */
  follow() {
    const own = sandbox.peek();
    const stops = [
      listen("request", (entries) => this.#hear(entries.filter((entry) => entry.sandbox === own))),
      ...["sandbox", "journal"].map((kind) =>
        listen(kind, (events) => {
          const last = events.findLast((event) => event.sandbox === own && event.change !== "began");
          if (!last) return;
          this.#forget(last.until);
          this.#load(own); // what was being loaded is forgotten too, and a sandbox may have begun anew
        }),
      ),
      effect(() => {
        if (rejoined.value > 0) this.#load(own);
      }),
    ];
    return () => {
      this.#turn += 1;
      clearTimeout(this.#timer);
      stops.forEach((stop) => stop());
    };
  }

  /** Shows others: those that are as asked. */
  filter(asked) {
    this.#matches = matcher(asked);
    this.#show();
  }

  /** Whether what comes is to wait. */
  hold(isHeld) {
    this.#isHeld = isHeld;
    if (!isHeld && this.#came.length) {
      this.#all = join(this.#came, this.#all);
      this.#came = [];
      this.#show();
    }
  }

  /** The exchange of a number, as long as it is kept. */
  find(number) {
    return this.#came.find((entry) => entry.number === number) ?? this.#all.find((entry) => entry.number === number);
  }

  /** They are kept no more, but for those after a number. */
  #forget(until = Infinity) {
    const isKept = (entry) => entry.number > until;
    this.#all = this.#all.filter(isKept);
    this.#came = this.#came.filter(isKept);
    this.#fresh = this.#fresh.filter(isKept);
    this.#show();
  }

  #hear(entries) {
    this.#fresh.push(...entries);
    if (this.#fresh.length > LIMIT) this.#fresh.splice(0, this.#fresh.length - LIMIT);
    this.#timer ??= setTimeout(() => this.#flush(), FLUSH_MS);
  }

  #flush() {
    this.#timer = undefined;
    // Until it is known what there was before: numbers begin anew with a server.
    if (this.#isLoading || !this.isLoaded.peek()) return;
    const newest = this.#newest();
    const came = this.#fresh.filter((entry) => entry.number > newest).reverse();
    this.#fresh = [];
    if (came.length) this.#add(came);
  }

  #newest() {
    return (this.#came[0] ?? this.#all[0])?.number ?? 0;
  }

  #add(came) {
    const matching = came.filter(this.#matches);
    if (this.#isHeld) {
      this.#came = join(came, this.#came);
      this.waiting.value += matching.length;
    } else {
      this.#all = join(came, this.#all);
      batch(() => {
        this.total.value = this.#all.length;
        if (matching.length) this.rows.value = join(matching, this.rows.peek()).filter(this.#isKept());
      });
    }
  }

  #isKept() {
    const oldest = this.#all.at(-1)?.number ?? 0;
    return (entry) => entry.number >= oldest;
  }

  #show() {
    batch(() => {
      this.rows.value = this.#all.filter(this.#matches);
      this.total.value = this.#all.length;
      this.waiting.value = this.#came.filter(this.#matches).length;
    });
  }

  /** Takes the journal as it is now. Where somebody reads what is in it still, only what is new is taken. */
  async #load(own) {
    const turn = ++this.#turn;
    this.#isLoading = true;
    let found = [];
    try {
      for (let page = [null]; page.length && found.length < LIMIT; ) {
        const until = found.at(-1)?.number;
        const query = { sandbox: own, limit: PAGE, until: until && until - 1 };
        page = until === 1 ? [] : await ask("GET", "/api/requests", { query });
        if (turn !== this.#turn) return;
        found = [...found, ...page.reverse()];
        if (page.length < PAGE) break;
      }
    } catch (error) {
      if (turn !== this.#turn) return;
      this.refusal.value = error;
      this.#isLoading = false;
      return;
    }
    this.refusal.value = null;
    this.#isLoading = false;
    this.#take(found.slice(0, LIMIT));
    this.isLoaded.value = true;
    this.#flush();
  }

  #take(found) {
    const newest = this.#came[0] ?? this.#all[0];
    const isSame = newest && found.some((entry) => entry.number === newest.number && entry.at === newest.at);
    if (isSame) {
      const came = found.filter((entry) => entry.number > newest.number);
      if (came.length) this.#add(came);
    } else {
      this.#all = found;
      this.#came = [];
      this.#show();
    }
  }
}

const join = (newer, older) => [...newer, ...older].slice(0, LIMIT);
