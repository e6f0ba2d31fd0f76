// What a client sees of one exchange, in a few words, the same in a page and in Node.js: `axios`, `EventSource` and
// `WebSocket` are the global ones there.

const BODY = JSON.stringify({ name: "Nora" });

// How often each was seen, of some exchanges that are made one after the other.
export async function tally(what, times, ...given) {
  const seen = {};
  for (let n = 0; n < times; n += 1) {
    const outcome = await OBSERVERS[what](...given);
    seen[outcome] = (seen[outcome] ?? 0) + 1;
  }
  return seen;
}

// What `fetch` came to: what it resolved with, then what became of the body.
async function seeFetch(url, method, patienceMs) {
  const body = method === "GET" ? undefined : BODY;
  const headers = body && { "Content-Type": "application/json" };
  const response = await within(patienceMs, fetch(url, { method, body, headers, cache: "no-store" }));
  if (response === PENDING) return "pending";
  if (response instanceof Error) return response.name;
  const text = await within(patienceMs, response.text());
  if (text === PENDING) return `${response.status}, body pending`;
  if (text instanceof Error) return `${response.status}, body ${text.name}`;
  try {
    JSON.parse(text);
    return `${response.status}`;
  } catch (error) {
    return `${response.status}, ${error.name}`;
  }
}

// What axios came to, with a timeout of its own.
async function seeAxios(url, method, patienceMs) {
  try {
    const data = method === "GET" ? undefined : JSON.parse(BODY);
    const response = await axios.request({ url, method, data, timeout: patienceMs });
    return `${response.status}${typeof response.data === "string" ? ", a string" : ""}`;
  } catch (error) {
    const status = error.response ? ` ${error.response.status}` : "";
    return error.code === "ECONNABORTED" && /timeout/.test(error.message) ? "timeout" : `${error.code}${status}`;
  }
}

// What an EventSource told until it was clear what it makes of it.
function seeEventSource(url, patienceMs) {
  return new Promise((resolve) => {
    const source = new EventSource(url);
    const told = [];
    const end = (...last) => {
      clearTimeout(timer);
      source.close();
      resolve([...told, ...last].join(", "));
    };
    const timer = setTimeout(() => end(told.includes("open") ? "silent" : "pending"), patienceMs);
    const tell = (word) => told.includes(word) || told.push(word);
    source.onopen = () => tell("open");
    source.addEventListener("sys", () => tell("hello"));
    source.onerror = () => end("error", source.readyState === 2 ? "gives up" : "comes again");
  });
}

// What a WebSocket told until it was closed.
function seeWebSocket(url, patienceMs) {
  return new Promise((resolve) => {
    const socket = new WebSocket(url);
    const told = [];
    const end = (last) => {
      clearTimeout(timer);
      socket.onclose = null;
      if (socket.readyState < 2) socket.close();
      resolve([...told, last].join(", "));
    };
    const timer = setTimeout(() => end(told.includes("open") ? "silent" : "pending"), patienceMs);
    const tell = (word) => told.includes(word) || told.push(word);
    socket.onopen = () => tell("open");
    socket.onmessage = ({ data }) => tell(nameOf(data));
    socket.onerror = () => tell("error");
    socket.onclose = ({ code, reason, wasClean }) =>
      end(`close ${code}${reason && ` ${reason}`}${wasClean ? "" : " unclean"}`);
  });
}

function nameOf(data) {
  try {
    const { method } = JSON.parse(data);
    return method === "/sys/hello" ? "hello" : "message";
  } catch {
    return "no JSON";
  }
}

const PENDING = Symbol("pending");

function within(patienceMs, promise) {
  let timer;
  const late = new Promise((resolve) => {
    timer = setTimeout(resolve, patienceMs, PENDING);
  });
  return Promise.race([promise.catch((error) => error), late]).finally(() => clearTimeout(timer));
}

const OBSERVERS = { fetch: seeFetch, axios: seeAxios, EventSource: seeEventSource, WebSocket: seeWebSocket };
