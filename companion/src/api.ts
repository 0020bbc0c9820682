const { browser } = globalThis as unknown as { readonly browser?: typeof chrome };

/** What a browser lets an extension do, with promises: Firefox calls it `browser`. */
export const api: typeof chrome = browser ?? chrome;

/** Firefox knows no ports in patterns of addresses: there a pattern stands for all ports of a host. */
export const isFirefox = api.runtime.getURL("").startsWith("moz-extension:");
