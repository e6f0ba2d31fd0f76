import type { Decorator, Loader } from "@storybook/react-vite";
import { connect, type FaultSettings } from "mockserver-py";
import { Api } from "../src/api";

/** What a story says under `parameters.mock`: the state that its server is in. */
export interface MockParameters {
  scenario?: string;
  faults?: Record<string, FaultSettings>;
}

declare global {
  var mockserverControl: string | undefined;
}

/** Puts a story's sandbox in the state that it asks for, before it is rendered. */
export const arrange: Loader = async ({ id, parameters }) => {
  const { scenario, faults = {} }: MockParameters = parameters.mock ?? {};
  const root = await connect({ control: globalThis.mockserverControl ?? new URL("/mockserver", location.href) });
  const mock = root.sibling(id.slice(-64)); // names of sandboxes are no longer
  await mock.reset();
  if (scenario) await mock.scenario(scenario);
  for (const [name, settings] of Object.entries(faults)) await mock.fault(name, settings);
  return { mock };
};

/** Gives a story the API of its sandbox. */
export const withApi: Decorator = (Story, { loaded }) => (
  <Api.Provider value={loaded.mock.url}>
    <Story />
  </Api.Provider>
);
