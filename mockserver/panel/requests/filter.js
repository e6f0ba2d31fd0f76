/** Which exchanges are shown: what is asked for, from and to the query of the address, and who is as asked. Pure. */

import { decode } from "./words.js";

/** What may be asked for; all that is must hold. */
export const FIELDS = ["method", "status", "path", "fault", "q"];

/** Any fault that acted. */
export const ANY_FAULT = "*";

/** What a query asks for: `{method, status, path, fault, q}`, of which only those that it names. */
export function readFilter(query) {
  return Object.fromEntries(FIELDS.map((name) => [name, query.get(name)]).filter(([, value]) => value));
}

/** Whether an exchange is as asked. */
export function matcher({ method, status, path, fault, q }) {
  const checks = [];
  if (method) checks.push((entry) => entry.method === method);
  if (status) checks.push(byStatus(status));
  if (fault) checks.push(byFault(fault));
  if (path) checks.push(byPath(path));
  if (q) checks.push(byText(q));
  return (entry) => checks.every((check) => check(entry));
}

/** `404`, `4xx`, or `0` where nothing was answered. */
function byStatus(status) {
  const isClass = /^[1-9]xx$/i.test(status);
  return (entry) => (isClass ? String(entry.status)[0] === status[0] : entry.status === Number(status));
}

function byFault(fault) {
  const isIt = (one) => one.fired && (fault === ANY_FAULT || one.fault === fault);
  return (entry) => entry.faults.some(isIt);
}

/** A part of a path; or a pattern of all of it, in which `*` is anything within a step and `**` anything. */
function byPath(path) {
  if (!path.includes("*")) {
    const part = path.toLowerCase();
    return (entry) => entry.target.toLowerCase().includes(part) || decode(entry.target).toLowerCase().includes(part);
  }
  const parts = path.replace(/\*{3,}/g, "**").split(/(\*\*?)/);
  const source = parts.map((one) => (one === "**" ? ".*" : one === "*" ? "[^/]*" : escape(one))).join("");
  const pattern = new RegExp(`^${source}/?$`, "isu");
  return (entry) => pattern.test(entry.target) || pattern.test(decode(entry.target));
}

const escape = (text) => text.replace(/[\\^$.*+?()[\]{}|/]/g, "\\$&");

/** A text anywhere in what is kept of an exchange, in any letter case. */
function byText(q) {
  const wanted = q.toLowerCase();
  return (entry) => textOf(entry).toLowerCase().includes(wanted);
}

function textOf(entry) {
  const pairs = [...entry.query, ...Object.entries(entry.headers), ...entry.reply_headers];
  const faults = entry.faults.filter((one) => one.fired).map((one) => one.fault);
  return [
    `${entry.method} ${entry.target}`,
    decode(entry.target),
    entry.status,
    entry.decided_by,
    ...faults,
    ...pairs.map(([name, value]) => `${name}: ${value}\n${name}=${value}`),
    entry.body,
  ].join("\n");
}
