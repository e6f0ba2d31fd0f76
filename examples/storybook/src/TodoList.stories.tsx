import type { Meta, StoryObj } from "@storybook/react-vite";
import { expect, userEvent } from "storybook/test";
import { TodoList } from "./TodoList";

export default { component: TodoList } satisfies Meta<typeof TodoList>;

type Story = StoryObj<typeof TodoList>;

export const Full: Story = {
  play: async ({ canvas }) => {
    await expect(await canvas.findAllByRole("listitem")).toHaveLength(2);
  },
};

export const Empty: Story = {
  parameters: { mock: { scenario: "empty" } },
  play: async ({ canvas }) => {
    await expect(await canvas.findByText("Nothing to do.")).toBeVisible();
  },
};

export const Loading: Story = {
  parameters: { mock: { faults: { hang: { match: "GET /todos", hang: "30s" } } } },
  play: async ({ canvas }) => {
    await expect(await canvas.findByText("Loading …")).toBeVisible();
  },
};

export const Recovers: Story = {
  parameters: { mock: { faults: { hiccup: { match: "GET /todos", status: 503, times: 1 } } } },
  play: async ({ canvas }) => {
    await expect(await canvas.findByRole("alert")).toHaveTextContent("The server said 503.");
    await userEvent.click(canvas.getByRole("button", { name: "Try again" }));
    await expect(await canvas.findByText("Feed the lion")).toBeVisible();
  },
};
