/**
 * The documents of the mocked API and of the control plane, to read and to try: `/docs?sandbox=w3`, `/docs?of=control`.
 *
 * What is tried goes to the API's own port as any page's request does, or to the control plane that this page is from.
 */

const asked = new URLSearchParams(location.search);
const sandbox = asked.get("sandbox") ?? "";
const isControl = asked.get("of") === "control";
const suffix = sandbox ? `?sandbox=${encodeURIComponent(sandbox)}` : "";
const source = isControl ? "/api/openapi.json" : `/openapi.json${suffix}`;
const byId = (id) => document.getElementById(id);

/** What the panel keeps under a name; nothing where the browser keeps nothing. */
function read(storage, name) {
  try {
    return globalThis[storage].getItem(name) ?? "";
  } catch {
    return "";
  }
}

/** Light or dark as the panel has it. */
function showTheme() {
  const theme = read("localStorage", "mockserver.theme") || "auto";
  const isDark = theme === "dark" || (theme === "auto" && matchMedia("(prefers-color-scheme: dark)").matches);
  document.documentElement.dataset.theme = theme;
  document.documentElement.classList.toggle("dark-mode", isDark);
}

function showBar() {
  byId("panel").href = `/#/api${suffix}`;
  byId("of-api").href = `/docs${suffix}`;
  byId("of-control").href = `/docs${suffix ? `${suffix}&` : "?"}of=control`;
  byId(isControl ? "of-control" : "of-api").setAttribute("aria-current", "page");
  // A link can't say the token that the plane may ask for; its document is below.
  byId("source").hidden = isControl;
  byId("source").href = source;
  byId("sandbox").hidden = !sandbox || isControl;
  byId("sandbox").textContent = `sandbox ${sandbox}`;
  document.title = `${isControl ? "Control plane" : "API"} · Docs · mockserver`;
}

/** The panel's token, where one is asked for, goes to the control plane alone. */
function authorise(request) {
  const token = read("sessionStorage", "mockserver.token");
  if (!token || new URL(request.url, location.href).origin !== location.origin) return request;
  request.headers = { Authorization: `Bearer ${token}`, ...request.headers };
  return request;
}

/** Texts of every format are written in the library's own field for texts; it has none for most and complains. */
function Formats({ React, getComponent }) {
  const Text = (props) => React.createElement(getComponent("JsonSchema_string"), props);
  const formats = ["date", "date-time", "duration", "email", "ipv4", "ipv6", "time", "uri", "uuid"];
  return { components: Object.fromEntries(formats.map((format) => [`JsonSchema_string_${format}`, Text])) };
}

/** Names for controls that the library leaves without, and a way by keyboard into what can be scrolled. */
function complete() {
  for (const text of byId("document").querySelectorAll("pre.microlight:not([tabindex])")) text.tabIndex = 0;
  for (const control of byId("document").querySelectorAll("select:not([aria-label]), textarea:not([aria-label])")) {
    const parameter = control.closest("[data-param-name]")?.dataset.paramName;
    control.setAttribute("aria-label", parameter ?? (control.closest(".servers") ? "Server" : "Body or its type"));
  }
}

showTheme();
matchMedia("(prefers-color-scheme: dark)").addEventListener("change", showTheme);
addEventListener("storage", showTheme);
showBar();
new MutationObserver(complete).observe(byId("document"), { childList: true, subtree: true });
SwaggerUIBundle({
  url: source,
  dom_id: "#document",
  presets: [SwaggerUIBundle.presets.apis],
  plugins: [Formats],
  validatorUrl: null,
  docExpansion: "list",
  defaultModelsExpandDepth: 0,
  displayRequestDuration: true,
  filter: true,
  tryItOutEnabled: true,
  withCredentials: true,
  requestInterceptor: authorise,
});
