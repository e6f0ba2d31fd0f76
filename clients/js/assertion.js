/** Assertions about what was asked and who came back, which say what was there instead. Pure: they ask nobody. */

/** What was expected is not so; the message says what is. */
export class AssertionError extends Error {
  name = "AssertionError";
}

const LISTED = 20;
const DEMANDS = ["maxAttempts", "noMissedEvents", "minJitter"];

/**
 * What is wrong with a count of requests, nothing where it is as expected.
 *
 * @param {object} expected the expectation
 * @param {number | undefined} times exactly so many, at least one where nothing is said
 * @param {{count: number, near: object[]}} counted as the server has counted
 */
export function explainCount(expected, times, { count, near }) {
  if (times === undefined ? count > 0 : count === times) return "";
  const wanted = times === 0 ? "not to be requested" : `to be requested${times ? ` ${inWords(times)}` : ""}`;
  const found = `Expected ${describe(expected)} ${wanted}; it ${count ? `was ${inWords(count)}` : "never was"}.`;
  if (count) return found;
  return near.length ? `${found} The nearest:\n${near.map(describeMiss).join("\n")}` : `${found} Nothing was.`;
}

/** The latest of some requests, a line each. */
export function listRequests(requests) {
  const latest = requests.slice(-LISTED);
  const lines = latest.map(({ number, method, target, status }) => `  #${number} ${method} ${target} ${status}`);
  return requests.length > LISTED ? [`  … ${requests.length - LISTED} more`, ...lines] : lines;
}

const inWords = (times) => ["", "once", "twice"][times] || `${times} times`;

function describe({ method, path, ...others }) {
  const more = Object.entries(others).map(([name, value]) => `${name} ${JSON.stringify(value)}`);
  return [method, path, ...(more.length ? ["with", more.join(", ")] : [])].join(" ");
}

function describeMiss({ number, method, path, status, differences }) {
  return [`  #${number} ${method} ${path} ${status}`, ...differences.map(describeDifference)].join("\n");
}

function describeDifference({ criterion, expected, found, note }) {
  const instead = found === null && note ? note : `found ${JSON.stringify(found)}${note ? ` (${note})` : ""}`;
  return `      ${criterion}: expected ${JSON.stringify(expected)}, ${instead}`;
}

/**
 * What is wrong with how clients came back, nothing where all is as expected.
 *
 * @param {object[]} records those of `GET /api/reconnects`
 * @param {{client?: string, maxAttempts?: number, noMissedEvents?: boolean, minJitter?: number}} expected
 */
export function explainReconnects(records, { client, ...expected }) {
  const unknown = Object.keys(expected).find((name) => !DEMANDS.includes(name));
  if (unknown) throw new TypeError(`'${unknown}' can't be expected of clients; this can: ${DEMANDS.join(", ")}.`);
  const isMeant = client === undefined ? wasCutOff : (one) => one.client === client && one.losses.length > 0;
  const meant = records.filter(isMeant);
  if (!meant.length) return [explainNone(records, client), ...records.flatMap(narrate)].join("\n");
  const wrong = meant.flatMap((one) => [...judge(one, expected)].map((why) => `${one.client}: ${why}.`));
  return wrong.length ? [...wrong, ...meant.flatMap(narrate)].join("\n") : "";
}

/** Whether it lost a connection that it had not ended itself, or came back though it had. */
const wasCutOff = ({ connected, losses }) =>
  losses.some(({ by }) => by !== "client") || (connected && losses.length > 0);

function explainNone(records, client) {
  if (!records.length) return "No client has had a connection in this sandbox.";
  if (client === undefined || records.some((one) => one.client === client)) {
    return `No connection of ${client ?? "any client"} was lost.`;
  }
  return `There is no client '${client}'; there are: ${records.map((one) => one.client).join(", ")}.`;
}

function* judge(record, { maxAttempts = Infinity, noMissedEvents = true, minJitter = 0 }) {
  if (!record.connected) yield "it did not come back";
  const most = Math.max(...record.losses.map((loss) => countAttempts(record, loss)));
  if (most > maxAttempts) {
    yield `it took ${most} attempt${most > 1 ? "s" : ""}, and at most ${maxAttempts} were allowed`;
  }
  if (noMissedEvents && record.missed) {
    const ids = record.missed_ids.length ? `: ${record.missed_ids.join(", ")}` : "";
    yield `it missed ${record.missed} of the events it had asked for${ids}`;
  }
  if (noMissedEvents && record.gaps && !record.refetched) {
    yield "it was told of a gap, and has not fetched its data anew";
  }
  if (record.jitter < minJitter) yield `its pauses vary by ${record.jitter}, and not by ${minJitter}`;
}

/** How often it tried between this loss and the next, up to the attempt that went well. */
function countAttempts({ attempts, losses }, loss) {
  const next = losses[losses.indexOf(loss) + 1]?.at ?? Infinity;
  const tried = attempts.filter(({ at }) => at >= loss.at && at < next);
  const open = tried.findIndex(({ outcome }) => outcome === "open");
  return open === -1 ? tried.length : open + 1;
}

/** What happened to a client, a line each, in order; seconds are since the first of it. */
function narrate(record) {
  const { client, connected, window, delivered, missed, doubled, gaps, refetched, delays_s: pauses, jitter } = record;
  const anew = refetched ? ", fetched anew" : "";
  const told = [
    ...record.losses.map((loss) => ({ at: loss.at, text: describeLoss(loss) })),
    ...record.attempts.map((attempt) => ({ at: attempt.at, text: describeAttempt(attempt) })),
  ].sort((one, other) => one.at - other.at);
  return [
    `${client}: ${connected ? `connected by ${window}` : "not connected"}`,
    ...told.map(({ at, text }) => `  ${(at - told[0].at).toFixed(3)} s  ${text}`),
    `  events: ${delivered} delivered, ${missed} missed, ${doubled} doubled, ${gaps} gaps${anew}`,
    ...(pauses.length ? [`  pauses: ${pauses.join(", ")} s, jitter ${jitter}`] : []),
    ...narrateTopics(record.topics),
  ];
}

function narrateTopics({ before, after }) {
  const [had, has] = [before, after].map((topics) => topics.join(", ") || "none");
  return had === has ? [] : [`  topics: ${had} before, ${has} after`];
}

const describeLoss = ({ window, how, by, code }) =>
  `lost ${window}: ${how}${code === null ? "" : ` ${code}`} by the ${by}`;

function describeAttempt({ window, after_s: after, outcome, status }) {
  const pause = after === null ? "" : ` after ${after} s`;
  return `tried ${window}${pause}: ${outcome === "open" ? "open" : `${outcome} with ${status}`}`;
}
