// ABP's interceptor for Angular's HttpClient: `abp_angular.mjs PAGE`. Requests are made as the proxies that NSwag writes
// make them: answers are asked for as text/plain and taken as a Blob. A call is [what, ...], as in abp_jquery.mjs.

import "@angular/compiler"; // the published package is completed when it is loaded
import { HttpClient, HttpXhrBackend } from "@angular/common/http";
import { Injector, runInInjectionContext } from "@angular/core";
import { openPage, observe } from "./abp_page.mjs";
import { answerCalls } from "./calls.mjs";

const { window, notes } = openPage(process.argv[2]);
const { abp } = window;
// The names that scripts of a page find without asking for them.
for (const name of ["abp", "Blob", "FileReader", "document", "location"]) {
  globalThis[name] = window[name];
}
const published = await import("abp-ng2-module");
const { AbpHttpConfigurationService, AbpHttpInterceptor, LogService, MessageService } = published;

abp.log.level = abp.log.levels.FATAL + 1;
const injector = Injector.create({ providers: [] });
const configuration = new AbpHttpConfigurationService(new MessageService(), new LogService());
const interceptor = new AbpHttpInterceptor(configuration, injector);
const backend = runInInjectionContext(
  injector,
  () => new HttpXhrBackend({ build: () => new window.XMLHttpRequest() }),
);
const http = new HttpClient({ handle: (request) => interceptor.intercept(request, backend) });

function ask(method, url, body) {
  const headers = { Accept: "text/plain", ...(body === null ? {} : { "Content-Type": "application/json-patch+json" }) };
  const content = body === null ? undefined : JSON.stringify(body);
  const options = { body: content, headers, observe: "response", responseType: "blob" };
  return observe(notes, (resolve, reject) =>
    http.request(method, url, options).subscribe({
      next: async ({ status, body: blob }) => resolve({ status, result: JSON.parse(await textOf(blob)) }),
      error: async ({ status, error: blob, message }) =>
        reject({ status, message, error: JSON.parse(await textOf(blob))?.error ?? null }),
    }),
  );
}

async function textOf(blob) {
  return (blob && (await blob.text())) || "null";
}

const CALLS = {
  ask,
  become: async (token) => abp.auth.setToken(token),
  query: async (pairs) => abp.utils.buildQueryString(pairs),
};

await answerCalls((name, ...given) => CALLS[name](...given));
