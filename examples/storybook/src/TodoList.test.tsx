import { composeStories } from "@storybook/react-vite";
import { test } from "vitest";
import * as stories from "./TodoList.stories";

// What each story's `play` expects is expected here too, without a browser.
test.each(Object.entries(composeStories(stories)))("%s", async (_, story) => {
  await story.run();
});
