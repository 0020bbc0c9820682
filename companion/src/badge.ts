import { api } from "./api.js";
import type { Memory } from "./memory.js";
import { badgeOf } from "./view.js";

const colours = { "": "#1f6f5c", "!": "#b03a2e", "?": "#7a4f00" } as const;

/** Shows on the button how things are. */
export async function showBadge(memory: Memory): Promise<void> {
  const { text, title } = badgeOf(memory);
  await Promise.all([
    api.action.setBadgeText({ text }),
    api.action.setBadgeBackgroundColor({ color: colours[text] }),
    api.action.setBadgeTextColor({ color: "#ffffff" }),
    api.action.setTitle({ title }),
  ]);
}
