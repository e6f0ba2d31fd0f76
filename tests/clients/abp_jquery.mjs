// ABP's scripts for jQuery: `abp_jquery.mjs PAGE`. A call is [what, ...]: `ask` is abp.ajax with a method, a URL, a body
// and further options.

import { openPage, observe } from "./abp_page.mjs";
import { answerCalls } from "./calls.mjs";

const { window, notes } = openPage(process.argv[2]);
const { abp } = window;

function ask(type, url, body, options) {
  const data = body === null ? undefined : JSON.stringify(body);
  return observe(notes, (resolve, reject) =>
    abp.ajax({ type, url, data, ...options }).then(
      (result, envelope, jqXHR) => resolve({ result: result ?? null, envelope, status: jqXHR.status }),
      (error, jqXHR) => {
        // Where the body is none of ABP's there is no error but the answer itself.
        const bare = "readyState" in error;
        reject({ error: bare ? null : error, status: bare ? error.status : jqXHR.status });
      },
    ),
  );
}

function become(token) {
  abp.ajax.defaultOpts.headers.Authorization = token === null ? undefined : `Bearer ${token}`;
}

const CALLS = {
  ask,
  become: async (token) => become(token),
  query: async (pairs) => abp.utils.buildQueryString(pairs),
  setCookie: async (name, value) => abp.utils.setCookieValue(name, value),
};

await answerCalls((name, ...given) => CALLS[name](...given));
