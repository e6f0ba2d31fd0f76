// What a client sees of one exchange, in a few words, the same in a page and in Node.js: `axios`, `EventSource` and
// `WebSocket` are the global ones there.

const JSON_TYPE = { "Content-Type": "application/json" };
const BODY = { name: "Nora" };
const NOTES = ["#1", "#2", "#3"];
const COMMAND = { method: "/v1/zoos/1", websocketTag: "command" };

// The outcomes of some exchanges, all of them at the same time: each is `{ by, url, method, headMs, patienceMs }`, where
// `url` is the root of an API. A client that hears nothing for `headMs` at first, or for `patienceMs` then, sees just that.
export const observe = (exchanges) => Promise.all(exchanges.map(({ by, ...exchange }) => OBSERVERS[by](exchange)));

// What `fetch` came to: what it resolved with, then what became of the body.
async function seeFetch({ url, method, headMs, patienceMs }) {
  const body = method === "GET" ? undefined : JSON.stringify(BODY);
  const over = new AbortController();
  const asked = { method, body, headers: body && JSON_TYPE, cache: "no-store", signal: over.signal };
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

// What axios came to, with a timeout of its own; whether it ends by that is seen too.
async function seeAxios({ url, method, headMs: timeout, patienceMs }) {
  const data = method === "GET" ? undefined : BODY;
  const over = new AbortController();
  const since = performance.now();
  const asked = { url: `${url}/v1/zoos`, method, data, timeout, signal: over.signal };
  try {
    const response = await within(timeout + patienceMs, axios.request(asked));
    if (response === PENDING) return "pending";
    if (!(response instanceof Error)) return `${response.status}${typeof response.data === "string" ? ", a string" : ""}`;
    const { code, response: refusal } = response;
    const why = refusal ? `${code} ${refusal.status}` : code;
    return performance.now() - since < timeout ? why : `timeout ${why}`;
  } finally {
    over.abort();
  }
}

// What an EventSource tells, of what is written while it listens too, until it is clear what it makes of that.
function seeEventSource({ url, headMs, patienceMs }) {
  return new Promise((resolve) => {
    const source = new EventSource(`${url}/v1/events/sse`);
    const story = tellStory(headMs, patienceMs, (told) => {
      source.close();
      resolve(told);
    });
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
  });
}

// What a WebSocket tells, of what is written and asked for while it listens too, until it is closed.
function seeWebSocket({ url, headMs, patienceMs }) {
  return new Promise((resolve) => {
    const socket = new WebSocket(`${url.replace("http", "ws")}/v1/events/ws`);
    const story = tellStory(headMs, patienceMs, (told) => {
      socket.close();
      resolve(told);
    });
    const ask = () => socket.readyState === 1 && socket.send(JSON.stringify(COMMAND));
    socket.onopen = () => {
      story.tell("open");
      story.during(write(url).then(ask));
    };
    socket.onmessage = ({ data }) => story.tell(wordFor(data));
    socket.onerror = () => story.tell("error");
    socket.onclose = ({ code, reason, wasClean }) =>
      story.end(`close ${code}${reason && ` "${reason}"`}${wasClean ? "" : ", unclean"}`);
  });
}

// Collects words until the last one, or until there has been none for a while, in which nothing was under way.
function tellStory(headMs, patienceMs, whenOver) {
  const told = [];
  let [isOver, isUnderWay] = [false, false];
  let timer;
  const end = (last) => {
    clearTimeout(timer);
    if (!isOver) whenOver([...told, last].join(", "));
    isOver = true;
  };
  const wait = (ms) => {
    clearTimeout(timer);
    if (!isOver && !isUnderWay) timer = setTimeout(() => end(told.length ? "stays open" : "pending"), ms);
  };
  const tell = (word) => {
    told.push(word);
    wait(patienceMs);
  };
  const during = async (work) => {
    isUnderWay = true;
    wait();
    await work;
    isUnderWay = false;
    wait(patienceMs);
  };
  wait(headMs);
  return { tell, during, end };
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
  const { method, websocketTag, data: said } = JSON.parse(data);
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

const OBSERVERS = { fetch: seeFetch, axios: seeAxios, EventSource: seeEventSource, WebSocket: seeWebSocket };
