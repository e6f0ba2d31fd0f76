/** What stands for the ids and bodies of routes: the examples of the OpenAPI document, which are from the data. */

import { useLoad } from "../lib/load.js";
import { toCurl } from "../requests/sending.js";

/** Steps that may be anything, in either spelling: `:id` of the table, `{id}` of the document. */
const STEP = /:[^/:]+|\{[^}]*\}/g;

export function useExamples() {
  const document = useLoad(() => "/openapi.json", ["definition"]);
  const isReady = document.value.value !== null || document.refusal.value !== null;
  return { isReady, curlOf: (base, route, header) => curlOf(document.value.peek(), base, route, header) };
}

/** A route as a line of curl; `header` is `Name: value` of whoever asks, or nothing. */
export function curlOf(document, base, route, header) {
  const [path, operation] = find(document, route) ?? [{}, null];
  const examples = (path.parameters ?? []).filter((one) => one.in === "path").map((one) => one.example);
  const target = route.path.replace(STEP, (step) => {
    const example = examples.shift();
    return example === undefined ? step : encodeURIComponent(example);
  });
  const body = bodyOf(operation);
  const headers = header ? [header.split(/:\s*/, 1).concat(header.replace(/^[^:]*:\s*/, ""))] : [];
  if (body !== null) headers.push(["Content-Type", "application/json"]);
  return toCurl({ url: base + target, target, method: route.method, headers, body, notes: [] });
}

/** The item of a path and the operation of a method, in the document. */
function find(document, { method, path }) {
  const wanted = path.replace(STEP, "{}");
  const found = Object.entries(document?.paths ?? {}).find(
    ([template, item]) => template.replace(STEP, "{}") === wanted && item[method.toLowerCase()],
  );
  return found && [found[1], found[1][method.toLowerCase()]];
}

function bodyOf(operation) {
  const content = operation?.requestBody?.content?.["application/json"];
  if (!content) return null;
  const example = content.example ?? Object.values(content.examples ?? {})[0]?.value;
  return JSON.stringify(example ?? {});
}
