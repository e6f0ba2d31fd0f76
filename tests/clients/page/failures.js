// What a client sees of one exchange, in a few words, the same in a page and in Node.js: `axios`, `EventSource` and
// `WebSocket` are the global ones there.

const JSON_TYPE = { "Content-Type": "application/json" };
const BODY = { name: "Nora" };
const NOTES = ["#1", "#2", "#3"];
const STRICT = { responseType: "json", transitional: { silentJSONParsing: false } };
const LONGEST_MS = 15_000;
const COMMAND = { method: "/v1/zoos/1", websocketTag: "command" };

// The outcomes of some exchanges, all of them at the same time: each is `{ by, url, method, headMs, patienceMs }`, where
// `url` is the root of an API. A client that hears nothing for `headMs` at first, or for `patienceMs` then, sees just that.
export const observe = (exchanges) => Promise.all(exchanges.map(({ by, ...exchange }) => OBSERVERS[by](exchange)));

// What `fetch` came to: what it resolved with, then what became of the body.
async function seeFetch({ url, method, headMs, patienceMs, signal }) {
  const body = method === "GET" ? undefined : JSON.stringify(BODY);
  const over = new AbortController();
  const asked = { method, body, headers: body && JSON_TYPE, cache: "no-store", signal: signal ?? over.signal };
  try {
    const response = await within(headMs, fetch(`${url}/v1/zoos`, asked));
    if (response === PENDING) return "pending";
    if (response instanceof Error) return nameOf(response);
    const text = await within(patienceMs, response.text());
    if (text === PENDING) return `${response.status}, body pending`;
    if (text instanceof Error) return `${response.status}, body ${nameOf(text)}`;
    return `${response.status}${isJson(text) ? "" : ", SyntaxError"}`;
  } finally {
    over.abort();
  }
}

// What axios came to, with a timeout of its own, and whether it was that.
async function seeAxios({ url, method, headMs, patienceMs, config = { timeout: headMs } }) {
  const data = method === "GET" ? undefined : BODY;
  const over = new AbortController();
  const since = performance.now();
  try {
    const asked = { url: `${url}/v1/zoos`, method, data, signal: over.signal, ...config };
    const response = await within(headMs + patienceMs, axios.request(asked));
    if (response === PENDING) return "pending";
    if (!(response instanceof Error)) return `${response.status}${typeof response.data === "string" ? ", a string" : ""}`;
    const { code, response: refusal } = response;
    const why = refusal ? `${code} ${refusal.status}` : code;
    return performance.now() - since < headMs ? why : `timeout ${why}`;
  } finally {
    over.abort();
  }
}

// The same by those who take care: a signal covers the body too, and axios says what it can't read.
const takingCare = ({ headMs, ...exchange }) =>
  seeFetch({ ...exchange, headMs: LONGEST_MS, patienceMs: LONGEST_MS, signal: AbortSignal.timeout(headMs) });
const takingCareWithAxios = ({ headMs, ...exchange }) =>
  seeAxios({ ...exchange, headMs: LONGEST_MS, config: { signal: AbortSignal.timeout(headMs), ...STRICT } });

// What an EventSource tells, of what is written while it listens too, until it is clear what it makes of that.
function seeEventSource({ url, headMs, patienceMs }) {
  const source = new EventSource(`${url}/v1/events/sse`);
  const story = tellStory(headMs, patienceMs);
  source.onopen = () => {
    story.tell("open");
    story.during(write(url));
  };
  source.onmessage = ({ data }) => story.tell(wordFor(data));
  source.addEventListener("sys", ({ data }) => story.tell(wordFor(data)));
  source.onerror = () => {
    story.tell("error");
    story.end(source.readyState === 2 ? "gives up" : "comes again");
  };
  return story.whole.finally(() => source.close());
}

// What a WebSocket tells, of what is written and asked for while it listens too, until it is closed.
function seeWebSocket({ url, headMs, patienceMs }) {
  const socket = new WebSocket(`${url.replace("http", "ws")}/v1/events/ws`);
  const story = tellStory(headMs, patienceMs);
  const ask = () => socket.readyState === 1 && socket.send(JSON.stringify(COMMAND));
  socket.onopen = () => {
    story.tell("open");
    story.during(write(url).then(ask));
  };
  socket.onmessage = ({ data }) => story.tell(wordFor(data));
  socket.onerror = () => story.tell("error");
  socket.onclose = ({ code, reason, wasClean }) =>
    story.end(`close ${code}${reason && ` "${reason}"`}${wasClean ? "" : ", unclean"}`);
  return story.whole.finally(() => socket.close());
}

// Collects words until the last one, or until there has been none for a while in which nothing was under way.
function tellStory(headMs, patienceMs) {
  const told = [];
  const { promise: over, resolve: finish } = Promise.withResolvers();
  let work = null;
  let timer;
  const end = (last) => finish([...told, last].join(", "));
  const wait = (ms) => {
    clearTimeout(timer);
    timer = setTimeout(end, ms, told.length ? "stays open" : "pending");
  };
  const tell = (word) => {
    told.push(word);
    if (!work) wait(patienceMs);
  };
  const during = (begun) => {
    clearTimeout(timer);
    work = begun.then(() => {
      work = null;
      wait(patienceMs);
    });
  };
  const settle = async (words) => {
    await work;
    clearTimeout(timer);
    return words;
  };
  wait(headMs);
  return { tell, during, end, whole: over.then(settle) };
}

// Changes that whoever listens is told of.
async function write(url) {
  for (const name of NOTES) {
    const asked = { method: "POST", headers: JSON_TYPE, body: JSON.stringify({ name }) };
    await fetch(`${url}/v1/animal_types`, asked).then((response) => response.text()).catch(() => {});
  }
}

function wordFor(data) {
  if (!isJson(data)) return "no JSON";
  const { method, websocketTag, status, data: said } = JSON.parse(data);
  if (status) return "refusal";
  if (websocketTag) return "reply";
  return method.startsWith("/sys/") ? method.slice("/sys/".length) : said.name;
}

function isJson(text) {
  try {
    JSON.parse(text);
    return true;
  } catch {
    return false;
  }
}

// An error's name; Node.js says in its cause what was wrong.
const nameOf = ({ name, cause }) => (cause?.code ? `${name} ${cause.code}` : name);

const PENDING = Symbol("pending");

function within(patienceMs, promise) {
  let timer;
  const late = new Promise((resolve) => {
    timer = setTimeout(resolve, patienceMs, PENDING);
  });
  return Promise.race([promise.catch((error) => error), late]).finally(() => clearTimeout(timer));
}

const OBSERVERS = {
  fetch: seeFetch,
  axios: seeAxios,
  "careful fetch": takingCare,
  "careful axios": takingCareWithAxios,
  EventSource: seeEventSource,
  WebSocket: seeWebSocket,
};
