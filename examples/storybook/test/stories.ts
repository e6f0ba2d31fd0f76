import { setProjectAnnotations } from "@storybook/react-vite";
import { beforeAll, inject } from "vitest";
import preview from "../.storybook/preview";

globalThis.mockserverControl = inject("control");
beforeAll(setProjectAnnotations([preview]).beforeAll);
