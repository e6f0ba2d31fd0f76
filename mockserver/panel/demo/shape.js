/** What a board can be made of, read from the API's own document: resources, and their fields as the wire has them. */

const TICKETS = /ticket|task|issue|todo|bug|card|job|order/i;
const STATES = /^(state|status|stage|phase|column|lane)$/i;
const TITLES = ["subject", "title", "name", "summary", "headline", "label"];
const PEOPLE = /assign|owner|customer|author|keeper|user|creator|company|city|role|species/i;
const MOST_COLUMNS = 12;

/**
 * Every resource that can be changed, the one that looks most like tickets first:
 * `{name, path, key, title, fields, columns, create}`, where `columns` are the fields that a board may have columns of.
 *
 * @param {object} document OpenAPI
 * @param {{name: string, path: string}[]} resources of `GET /api/status`
 */
export function readShapes(document, resources) {
  const shapes = resources.map((one) => readShape(document, one)).filter(Boolean);
  return shapes.sort((one, other) => other.rank - one.rank); // stable: else as declared
}

/** The path of the feed's windows, null where there are none. */
export function findFeed({ paths }) {
  return Object.keys(paths).find((path) => `${path}/sse` in paths) ?? null;
}

function readShape(document, { name, path }) {
  const isItem = (one) => one.startsWith(`${path}/{`) && /^\/\{[^/]+\}$/.test(one.slice(path.length));
  const item = Object.keys(document.paths).find(isItem);
  const patch = item && bodyOf(document, document.paths[item].patch);
  if (!patch) return null;
  const create = bodyOf(document, document.paths[path].post);
  const fields = readFields({ ...patch, required: create?.required });
  const columns = fields.filter((one) => one.isWritable && one.values);
  columns.sort((one, other) => isState(other) - isState(one));
  const shape = { name, path, key: item.slice(path.length + 2, -1), fields, columns, title: findTitle(fields) };
  return { ...shape, create: create ? readFields(create) : null, rank: rankOf(shape) };
}

const isState = (field) => Number(STATES.test(field.name));

function rankOf({ name, columns }) {
  const [first] = columns;
  if (!first) return 0;
  return (TICKETS.test(name) ? 8 : 0) + (isState(first) ? 4 : 0) + (first.values.length > 2 ? 2 : 0) + 1;
}

function bodyOf(document, operation) {
  const content = operation?.requestBody?.content ?? {};
  const { schema } = content["application/json"] ?? {};
  const found = schema && resolve(document, schema);
  const arms = (found?.anyOf ?? found?.oneOf ?? []).map((one) => resolve(document, one));
  return [found, ...arms].find((one) => one?.properties);
}

function resolve(document, schema) {
  const name = /^#\/components\/schemas\/(.+)$/.exec(schema.$ref ?? "")?.[1];
  return name ? (document.components.schemas[name] ?? {}) : schema;
}

function readFields({ properties, required = [] }) {
  return Object.entries(properties).map(([name, given]) => {
    const schema = given.anyOf?.[0] ?? given;
    const type = [schema.type].flat().find((one) => one !== "null");
    const isWritable = !schema.readOnly && type !== undefined;
    const values = valuesOf(schema, type);
    return { name, type, format: schema.format, isWritable, isRequired: required.includes(name), values };
  });
}

/** The values that columns are made of, null where there are too few or too many. */
function valuesOf(schema, type) {
  if (type === "boolean") return [false, true];
  const values = (schema.enum ?? []).filter((value) => typeof value === "string" || typeof value === "number");
  return values.length > 1 && values.length <= MOST_COLUMNS ? values : null;
}

function findTitle(fields) {
  const texts = fields.filter((one) => one.isWritable && one.type === "string" && !one.values && !one.format);
  const named = TITLES.map((name) => texts.find((one) => one.name.toLowerCase() === name)).find(Boolean);
  return named ?? texts.find((one) => one.isRequired) ?? texts[0] ?? null;
}

/** What else a card says of a document: a few short texts, and words of a list. */
export function factsOf(document, shape, column) {
  const told = [];
  for (const [name, value] of Object.entries(document)) {
    const isShown = [shape.key, shape.title?.name, column?.name].includes(name);
    if (isShown || /(^|_)id$|Id$/.test(name) || value === null || value === "") continue;
    const isShort = typeof value === "string" && value.length <= 40 && !/^\d{4}-\d\d-\d\d/.test(value);
    if (isShort && PEOPLE.test(name)) told.push({ kind: "text", name, text: value });
    else if (/^priority$/i.test(name)) told.push({ kind: "text", name, text: `priority ${value}` });
    else if (Array.isArray(value) && value.every((one) => typeof one === "string")) {
      told.push(...value.slice(0, 3).map((text) => ({ kind: "tag", name, text })));
    }
  }
  return told.slice(0, 4);
}

/** A value as a column's heading or in a sentence. */
export function wordOf(value) {
  if (value === null || value === undefined || value === "") return "none";
  if (typeof value === "boolean") return value ? "yes" : "no";
  return typeof value === "object" ? JSON.stringify(value) : String(value);
}

/** How a document is called. */
export function nameOf(document, shape) {
  const title = shape.title && document[shape.title.name];
  const isNamed = title !== null && title !== undefined && title !== "";
  return isNamed ? String(title) : `${shape.name} ${wordOf(document[shape.key])}`;
}
