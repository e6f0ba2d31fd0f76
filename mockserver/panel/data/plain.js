/** What the parts of this view say of documents: where they are, and what they are called. */

import { address } from "../lib/route.js";

/** The path of documents on the control plane. */
export const pathOf = (...steps) => ["/api/data", ...steps.map(encodeURIComponent)].join("/");

/** Where this view shows a resource or a document. */
export const placeOf = (steps, query) => address("data", steps, query);

const SPOKEN = ["name", "title", "subject", "label", "full_name", "fullName", "email", "code"];

/** What a document would be called by a person; empty where nothing in it is like a name. */
export function titleOf(resource, document) {
  const isText = (field) => field.type === "string" && !field.ref && !field.enum && field.name !== resource.key;
  const texts = resource.fields.filter(isText);
  const spoken = SPOKEN.map((name) => texts.find((one) => one.name === name)).filter(Boolean);
  const held = [...spoken, ...texts].map((one) => document?.[one.name]);
  const found = held.find((value) => typeof value === "string" && value.trim() !== "");
  return found ? clip(found, 60) : "";
}

/** The beginning of a text that is longer than it may be. */
export const clip = (text, most) => (text.length > most ? `${text.slice(0, most)}…` : text);

/** `animal` of `animals`, as far as that can be told; whole words only. */
export const singular = (name) => {
  const words = name.replaceAll("_", " ");
  if (/ies$/.test(words)) return words.replace(/ies$/, "y");
  return /(ss|us|is|news|series)$/.test(words) ? words : words.replace(/s$/, "");
};
