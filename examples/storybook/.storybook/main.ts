import type { StorybookConfig } from "@storybook/react-vite";
import { mergeConfig } from "vite";

const control = process.env.MOCKSERVER_CONTROL ?? "http://127.0.0.1:8001";

export default {
  framework: "@storybook/react-vite",
  stories: ["../src/**/*.stories.tsx"],
  core: { disableTelemetry: true },
  viteFinal: (config) =>
    mergeConfig(config, {
      server: {
        proxy: {
          // The control plane answers no page. Storybook's server is none, and passes on what our stories ask.
          "/mockserver": {
            target: control,
            changeOrigin: true,
            rewrite: (path: string) => path.replace("/mockserver", ""),
            headers: { origin: control, "sec-fetch-site": "same-origin" },
          },
        },
      },
    }),
} satisfies StorybookConfig;
