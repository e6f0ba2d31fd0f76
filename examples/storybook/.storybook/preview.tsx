import type { Preview } from "@storybook/react-vite";
import { arrange, withApi } from "./mockserver";

export default { loaders: [arrange], decorators: [withApi] } satisfies Preview;
