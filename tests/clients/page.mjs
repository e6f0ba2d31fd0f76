// `fetch` as a page of another origin has it: Node's own knows no origins, and a browser's is not to be had from npm.
// What the CORS protocol forbids fails as in a browser, and a header that is not exposed is not there.
// Source: https://fetch.spec.whatwg.org/#http-cors-protocol

const SIMPLE_METHODS = new Set(["GET", "HEAD", "POST"]);
const SIMPLE_HEADERS = new Set(["accept", "accept-language", "content-language"]);
const SIMPLE_TYPES = new Set(["text/plain", "multipart/form-data", "application/x-www-form-urlencoded"]);
const ALWAYS_EXPOSED = [
  "cache-control", "content-language", "content-length", "content-type", "expires", "last-modified", "pragma",
];

export function fetchFrom(origin, fetch) {
  return async (resource, options) => {
    const request = new Request(resource, options);
    const names = [...request.headers.keys()].filter((name) => !isSimple(name, request.headers.get(name)));
    if (names.length > 0 || !SIMPLE_METHODS.has(request.method)) {
      await preflight(fetch, origin, request, names);
    }
    request.headers.set("Origin", origin);
    const response = await fetch(request);
    refuseUnless(admits(response, origin), `${request.url} does not admit ${origin}`);
    return asExposed(response);
  };
}

function isSimple(name, value) {
  if (name === "content-type") {
    return SIMPLE_TYPES.has(value.split(";")[0].trim().toLowerCase());
  }
  return SIMPLE_HEADERS.has(name);
}

async function preflight(fetch, origin, { url, method }, names) {
  const response = await fetch(url, {
    method: "OPTIONS",
    headers: {
      Origin: origin,
      "Access-Control-Request-Method": method,
      "Access-Control-Request-Headers": names.join(","),
    },
  });
  refuseUnless(response.ok && admits(response, origin), `the preflight to ${url} does not admit ${origin}`);
  const methods = listed(response, "access-control-allow-methods");
  refuseUnless(SIMPLE_METHODS.has(method) || methods.includes(method.toLowerCase()), `${url} does not allow ${method}`);
  const headers = listed(response, "access-control-allow-headers");
  for (const name of names) {
    refuseUnless(headers.includes(name), `${url} does not allow the header ${name}`);
  }
}

function admits(response, origin) {
  return [origin, "*"].includes(response.headers.get("access-control-allow-origin"));
}

function asExposed(response) {
  const names = [...ALWAYS_EXPOSED, ...listed(response, "access-control-expose-headers")];
  const headers = new Headers([...response.headers].filter(([name]) => names.includes(name)));
  const { status, statusText } = response;
  return new Response([204, 304].includes(status) ? null : response.body, { status, statusText, headers });
}

function listed(response, name) {
  return (response.headers.get(name) ?? "").split(",").map((one) => one.trim().toLowerCase());
}

function refuseUnless(holds, reason) {
  if (!holds) {
    throw new TypeError(`Failed to fetch: ${reason}`);
  }
}
