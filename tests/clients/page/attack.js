// What a page can try against a server of another origin, by every way there is to reach one. Each way gives what it
// has learned: nothing, where it was kept out. What it may have changed is for whoever runs the server to see.

const PATIENCE_MS = 4000;
const BODY = '{"what": [], "topic": "evil", "data": 1, "status": 503, "name": "evil"}';
const ENCTYPES = ["application/x-www-form-urlencoded", "multipart/form-data", "text/plain"];
const TAGS = { img: "src", script: "src", link: "href", video: "src", audio: "src", embed: "src", object: "data" };

// One way, tried at targets, which are [method, url]; what was learned, as lines. `hop` answers with a redirection.
export const attack = (way, targets, hop) => ways[way](targets, hop);

// The same by a page that has no origin of its own.
export async function attackFromSandbox(way, targets) {
  const code = (await (await fetch("attack.js")).text()).replaceAll("export ", "");
  const call = `attack(${JSON.stringify(way)}, ${JSON.stringify(targets)}).catch((error) => [String(error)])`;
  const frame = document.createElement("iframe");
  frame.sandbox = "allow-scripts allow-forms allow-popups";
  // A script ends where that word stands, even in a text.
  frame.srcdoc = `<body><script>${code}\n${call}.then((found) => parent.postMessage(["learned", found], "*"))<${"/"}script>`;
  const learned = new Promise((resolve) => {
    const hear = ({ source, data }) => {
      if (source !== frame.contentWindow || data[0] !== "learned") return;
      removeEventListener("message", hear);
      resolve(data[1]);
    };
    addEventListener("message", hear);
  });
  document.body.append(frame);
  return learned.finally(() => frame.remove());
}

async function each(targets, attempt) {
  const found = await Promise.all(
    targets.map(async ([method, url]) => {
      const learned = await Promise.race([attempt(method, url), later()]);
      return learned ? `${method} ${url}: ${learned}` : null;
    }),
  );
  return found.filter(Boolean);
}

const later = () => new Promise((resolve) => setTimeout(resolve, PATIENCE_MS, null));
const getting = (targets) => targets.filter(([method]) => method === "GET");
const bodyOf = (method) => (["GET", "HEAD"].includes(method) ? undefined : BODY);

async function tryFetch(url, options) {
  try {
    const response = await fetch(url, { ...options, redirect: "follow" });
    const text = await response.text();
    return response.type === "opaque" && text === "" ? null : `${response.type} ${response.status} ${text}`;
  } catch {
    return null;
  }
}

async function fetching(targets) {
  const found = [];
  for (const credentials of ["include", "omit"]) {
    for (const headers of [{}, { "Content-Type": "text/plain" }, { "Content-Type": "application/json" }, { "X-Evil": "1" }]) {
      found.push(...(await each(targets, (method, url) => tryFetch(url, { method, headers, credentials, body: bodyOf(method) }))));
    }
  }
  return found;
}

// Without a question beforehand, as any page may send it: only what forms can say.
async function opaque(targets, hop) {
  const simple = targets.filter(([method]) => ["GET", "HEAD", "POST"].includes(method));
  const found = [];
  for (const more of [{}, { keepalive: true }, { referrerPolicy: "no-referrer" }]) {
    const options = { mode: "no-cors", credentials: "include", ...more };
    const attempt = (method, url) => tryFetch(url, { ...options, method, body: bodyOf(method) });
    found.push(...(await each(simple, attempt)));
    if (hop) found.push(...(await each(simple, (method, url) => attempt(method, hop + encodeURIComponent(url)))));
  }
  return found;
}

const xhr = (targets) =>
  each(targets, (method, url) => {
    const asking = new XMLHttpRequest();
    asking.open(method, url);
    asking.withCredentials = true;
    return new Promise((resolve) => {
      asking.onloadend = () => resolve(asking.status ? `${asking.status} ${asking.responseText}` : null);
      asking.send(bodyOf(method));
    });
  });

function shown(frame) {
  try {
    const { href } = frame.contentWindow.location;
    return href === "about:blank" ? null : `${href} ${frame.contentDocument.body.innerText}`;
  } catch {
    return null;
  }
}

function inFrame(use) {
  const frame = document.createElement("iframe");
  frame.name = `frame${Math.random()}`;
  document.body.append(frame);
  return new Promise((resolve) => {
    frame.onload = () => resolve(shown(frame));
    use(frame);
  }).finally(() => frame.remove());
}

function submit(url, enctype, frame) {
  const form = document.createElement("form");
  Object.assign(form, { method: "post", action: url, enctype, target: frame.name });
  // As text, the name, "=" and the value are JSON together.
  const input = document.createElement("input");
  Object.assign(input, { type: "hidden", name: `${BODY.slice(0, -1)}, "x": "`, value: '"}' });
  form.append(input);
  document.body.append(form);
  form.submit();
  form.remove();
}

async function forms(targets, hop) {
  const posts = targets.filter(([method]) => method === "POST");
  const found = [];
  for (const enctype of ENCTYPES) {
    for (const by of hop ? ["", hop] : [""]) {
      const address = (url) => (by ? by + encodeURIComponent(url) : url);
      found.push(...(await each(posts, (_, url) => inFrame((frame) => submit(address(url), enctype, frame)))));
    }
  }
  return found;
}

const sent = () => performance.getEntriesByType("resource").filter(({ initiatorType }) => ["beacon", "ping"].includes(initiatorType));

async function untilSent(count) {
  const overdue = performance.now() + PATIENCE_MS;
  while (sent().length < count && performance.now() < overdue) await new Promise((resolve) => setTimeout(resolve, 20));
}

async function beacons(targets) {
  performance.setResourceTimingBufferSize(100_000);
  const before = sent().length;
  const form = new FormData();
  form.append("what", "data");
  const bodies = [BODY, new Blob([BODY], { type: "application/json" }), form, new URLSearchParams("what=data"), new ArrayBuffer(1)];
  let count = 0;
  for (const [, url] of targets.filter(([method]) => method !== "GET")) {
    for (const body of bodies) count += navigator.sendBeacon(url, body) ? 1 : 0;
  }
  await untilSent(before + count);
  return [];
}

async function pings(targets) {
  performance.setResourceTimingBufferSize(100_000);
  const before = sent().length;
  const posts = targets.filter(([method]) => method === "POST");
  for (const [, url] of posts) {
    const link = document.createElement("a");
    Object.assign(link, { href: "#here", ping: url });
    document.body.append(link);
    link.click();
    link.remove();
  }
  await untilSent(before + posts.length);
  return [];
}

// Whatever a page can have in it from elsewhere: that it came is a word already.
async function tags(targets, hop, those = Object.entries(TAGS)) {
  const found = [];
  const errors = [];
  const note = ({ message, lineno }) => errors.push(message === "Script error." ? null : `${message} ${lineno}`);
  addEventListener("error", note);
  for (const [tag, attribute] of those) {
    const kinds = tag === "script" ? [{}, { type: "module" }] : tag === "link" ? ["stylesheet", "preload", "manifest"].map((rel) => ({ rel, as: "fetch" })) : [{}];
    for (const kind of kinds) found.push(...(await each(getting(targets), (_, url) => load(tag, { ...kind, [attribute]: url }))));
  }
  removeEventListener("error", note);
  return [...found, ...errors.filter(Boolean)];
}

const scripts = (targets) => tags(targets, "", [["script", TAGS.script]]);

function load(tag, settings) {
  const element = document.createElement(tag);
  return new Promise((resolve) => {
    const isFrame = ["embed", "object"].includes(tag);
    element.onload = () => resolve(isFrame ? shown(element) : `<${tag}> came`);
    element.onloadedmetadata = () => resolve(`<${tag}> came`);
    element.onerror = () => resolve(null);
    Object.assign(element, settings);
    document.body.append(element);
    if (settings.rel === "manifest") resolve(null);
  }).finally(() => element.remove());
}

const frames = (targets) => each(getting(targets), (_, url) => inFrame((frame) => (frame.src = url)));

const popups = (targets) =>
  each(getting(targets).slice(0, 3), async (_, url) => {
    const other = window.open(url);
    if (!other) return null;
    await new Promise((resolve) => setTimeout(resolve, 300));
    try {
      return other.location.href === "about:blank" ? null : other.document.body.innerText;
    } catch {
      return null;
    } finally {
      other.close();
    }
  });

// Whether whoever opens a page keeps a hold of it, by which it could be led elsewhere.
const openers = (targets) =>
  each(getting(targets), async (_, url) => {
    const other = window.open(url);
    const overdue = performance.now() + PATIENCE_MS / 2;
    while (!other.closed && performance.now() < overdue) await new Promise((resolve) => setTimeout(resolve, 20));
    return other.closed ? null : "is held";
  });

const streams = (targets) =>
  each(getting(targets), (_, url) => {
    const source = new EventSource(url, { withCredentials: true });
    return new Promise((resolve) => {
      source.onopen = () => resolve("open");
      source.onerror = () => resolve(null);
    }).finally(() => source.close());
  });

const sockets = (targets) =>
  each(getting(targets), (_, url) => {
    const socket = new WebSocket(url.replace("http", "ws"));
    return new Promise((resolve) => {
      socket.onopen = () => resolve("open");
      socket.onclose = () => resolve(null);
    }).finally(() => socket.close());
  });

const workers = (targets) =>
  each(getting(targets), (_, url) => {
    const code = `try { importScripts(${JSON.stringify(url)}); postMessage("came"); } catch { postMessage(null); }`;
    const worker = new Worker(URL.createObjectURL(new Blob([code])));
    return new Promise((resolve) => {
      worker.onmessage = ({ data }) => resolve(data);
      worker.onerror = () => resolve(null);
    }).finally(() => worker.terminate());
  });

const ways = { fetching, opaque, xhr, forms, beacons, pings, tags, scripts, frames, popups, openers, streams, sockets, workers };
