// A data provider of react-admin in a page of another origin: `react_admin.mjs PACKAGE API ORIGIN`.
// A call is [method, resource, parameters].

import { answerCalls } from "./calls.mjs";
import { fetchFrom } from "./page.mjs";

const [name, api, origin] = process.argv.slice(2);
globalThis.fetch = fetchFrom(origin, globalThis.fetch);
const { default: providerOf } = await import(name);
const provider = providerOf(api);
await answerCalls(async (method, resource, parameters) => provider[method](resource, parameters));
