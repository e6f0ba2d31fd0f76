import { defineConfig } from "vite";

const { MOCKSERVER_API = "http://127.0.0.1:8000", MOCK_SANDBOX = "default" } = process.env;

export default defineConfig({
  server: {
    proxy: {
      // The application asks its own origin, as behind the real server's proxy; sockets go the same way.
      "/v1": {
        target: MOCKSERVER_API,
        changeOrigin: true,
        ws: true,
        headers: { "X-Mock-Sandbox": MOCK_SANDBOX },
      },
    },
  },
});
