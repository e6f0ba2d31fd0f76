import { expect, test } from "./fixtures";
test("ws headers", async ({ page, mock }) => {
  await page.context().setExtraHTTPHeaders(mock.headers);
  const root = mock.url.replace(/\/~.*/, "");
  await page.goto(root + "/");
  const data = await page.evaluate((u) => new Promise((r) => { const s = new WebSocket(u + "/v1/events/ws"); s.onmessage = (e) => r(e.data); }), root.replace("http", "ws"));
  console.log(data, (await mock.requests()).length);
});
