/** How long things take: so that people can follow them, or with `?pace=fast` as short as tests want them. */

// Chromium holds a socket back, by one to five seconds once many have failed: who waits for less never has one again.
const PACES = {
  usual: {
    feed: { helloMs: 6_000, holdMs: 10_000, probeMs: 2_500, healthyMs: 5_000, backoffMs: [800, 4_000] },
    answerMs: 5_000, // a write without an answer by then is sent again
    againMs: [1_000, 8_000], // the first and the longest pause before that, and before loading again
    offlineMs: 8_000, // without any connection for so long, one is offline
    trafficMs: 1_000,
  },
  fast: {
    feed: { helloMs: 3_000, holdMs: 1_000, probeMs: 400, healthyMs: 500, backoffMs: [40, 250] },
    answerMs: 1_000,
    againMs: [60, 250],
    offlineMs: 2_000,
    trafficMs: 100,
  },
};

/** What the page was asked for in its address. */
export const asked = new URLSearchParams(location.search);

export const pace = PACES[asked.get("pace")] ?? PACES.usual;

/** A pause that doubles with each try up to the longest, half of it left to chance. */
export function pauseBefore(tries) {
  const [first, longest] = pace.againMs;
  return Math.min(longest, first * 2 ** Math.min(tries, 20)) * (0.5 + Math.random() / 2);
}
