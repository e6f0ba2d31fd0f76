import { setProjectAnnotations } from "@storybook/react-vite";
import { configure } from "storybook/test";
import { beforeAll, inject } from "vitest";
import preview from "../.storybook/preview";

globalThis.mockserverControl = inject("control");
configure({ asyncUtilTimeout: 5_000 }); // a server is asked, and machines of CI are slow
beforeAll(setProjectAnnotations([preview]).beforeAll);
