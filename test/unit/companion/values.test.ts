import { describe, expect, test } from "vitest";
import { afterHandOver } from "../../../companion/src/decide.js";
import { basesOf, isSentTo, isWithin, patternOf, signInPage } from "../../../companion/src/hosts.js";
import { readLink } from "../../../companion/src/link.js";
import { emptyMemory, type Memory, nothingTried } from "../../../companion/src/memory.js";
import { browserName } from "../../../companion/src/name.js";
import { countRead, readsLately } from "../../../companion/src/reads.js";
import { readErrand, readState, type State } from "../../../companion/src/state.js";
import { badgeOf, viewOf, workOf } from "../../../companion/src/view.js";

const hosts = {
  gallery: "https://galleries.pixieset.com/api/v1",
  studio: "https://studio.pixieset.com/api/v1",
};
const signInUrl = "https://galleries.pixieset.com/login";
const state: State = {
  account: { id: "acc_1", name: "Smith Studio" },
  session: { status: "active", reason: null, epoch: 4 },
  readBy: "server",
  hosts,
  signInUrl,
};

describe("a pairing link", () => {
  test.each([
    ["https://hooks.example.com/companion#7K2M-9QXD-4HTR", "https://hooks.example.com", "7K2M-9QXD-4HTR"],
    [" http://192.168.1.4:3000/companion#7k2m9qxd4htr\n", "http://192.168.1.4:3000", "7k2m9qxd4htr"],
    ["http://[fd12::4]:3000/companion#7K2M-9QXD-4HTR", "http://[fd12::4]:3000", "7K2M-9QXD-4HTR"],
    ["http://nas:3000/companion#7K2M-9QXD-4HTR", "http://nas:3000", "7K2M-9QXD-4HTR"],
    ["http://nas.local/companion#7K2M-9QXD-4HTR", "http://nas.local", "7K2M-9QXD-4HTR"],
    ["https://example.com/hooks/companion/#7K2M-9QXD-4HTR", "https://example.com/hooks", "7K2M-9QXD-4HTR"],
  ])("%s says where pixiehook is and what to show there", (text, address, code) => {
    expect(readLink(text)).toEqual({ address, code });
  });

  test.each([
    ["", /Paste the pairing link/],
    ["7K2M-9QXD-4HTR", /whole pairing link/],
    ["ftp://hooks.example.com/companion#7K2M-9QXD-4HTR", /whole pairing link/],
    ["https://hooks.example.com/accounts#7K2M-9QXD-4HTR", /not a pairing link/],
    ["https://anna:secret@hooks.example.com/companion#7K2M-9QXD-4HTR", /not a pairing link/],
    ["http://hooks.example.com/companion#7K2M-9QXD-4HTR", /unencrypted/],
    ["http://172.32.0.1/companion#7K2M-9QXD-4HTR", /unencrypted/],
    ["http://127.evil.example.com/companion#7K2M-9QXD-4HTR", /unencrypted/],
    ["https://hooks.example.com/companion#7K2M", /to its last letter/],
  ])("is not %j, and what to do is said", (text, problem) => {
    expect(readLink(text)).toEqual({ problem: expect.stringMatching(problem) });
  });
});

describe("pages that may be read", () => {
  const bases = basesOf({ hosts }, []);

  test.each([
    `${hosts.gallery}/user`,
    hosts.studio,
    `${hosts.studio}/invoices/?page=2`,
    `${hosts.gallery}/a/../collections`,
  ])("%s lies below one of the two base addresses", (url) => {
    expect(isWithin(url, bases)).toBe(true);
  });

  test.each([
    "https://galleries.pixieset.com/api/v10/user",
    "https://galleries.pixieset.com/login",
    `${hosts.gallery}/../../login`,
    `${hosts.gallery}/%2e%2e/%2e%2e/login`,
    "http://galleries.pixieset.com/api/v1/user",
    "https://galleries.pixieset.com:8443/api/v1/user",
    "https://galleries.pixieset.com@example.com/api/v1/user",
    "https://anna:secret@galleries.pixieset.com/api/v1/user",
    "https://galleries.pixieset.com.example.com/api/v1/user",
    "chrome://settings",
    "no address",
  ])("%s does not", (url) => {
    expect(isWithin(url, bases)).toBe(false);
  });

  test("hosts that pixiehook names count only if they are Pixieset's, or if this build was made for them", () => {
    const told = { hosts: { gallery: "https://example.com/api", studio: "http://127.0.0.1:4010/api/v1" } };
    expect(basesOf(told, [])).toEqual([]);
    expect(basesOf(told, ["http://127.0.0.1:4010"]).map(String)).toEqual(["http://127.0.0.1:4010/api/v1"]);
    expect(basesOf({ hosts: { gallery: "", studio: "javascript:1" } }, [])).toEqual([]);
  });

  test("cookies belong to them by host or by a domain above it", () => {
    expect(isSentTo("galleries.pixieset.com", bases)).toBe(true);
    expect(isSentTo(".pixieset.com", bases)).toBe(true);
    expect(isSentTo("www.pixieset.com", bases)).toBe(false);
    expect(isSentTo("eset.com", bases)).toBe(false);
  });

  test("nobody is sent elsewhere to sign in", () => {
    expect(signInPage(state, [])).toBe(signInUrl);
    for (const url of ["https://example.com/login", "javascript:alert(1)", ""])
      expect(signInPage({ ...state, signInUrl: url }, [])).toBe("https://galleries.pixieset.com/");
  });

  test("a permission is asked for with the port where the browser knows ports", () => {
    expect(patternOf("http://192.168.1.4:3000", true)).toBe("http://192.168.1.4:3000/*");
    expect(patternOf("http://192.168.1.4:3000", false)).toBe("http://192.168.1.4/*");
  });
});

describe("what pixiehook says", () => {
  test("is read as it is written", () => {
    expect(readState({ ...state, more: 1 })).toEqual(state);
    const errand = { id: "err_1", url: `${hosts.gallery}/user`, withinMs: 1, maxBodyBytes: 2 };
    expect(readErrand({ ...errand, headers: { accept: "a", odd: 1 } })).toEqual({
      ...errand,
      headers: { accept: "a" },
    });
  });

  test.each([
    null,
    "text",
    {},
    { ...state, readBy: "cloud" },
    { ...state, session: { status: "odd", epoch: 1 } },
  ])("is no state when it is %j", (value) => {
    expect(readState(value)).toBeNull();
  });
});

describe("what somebody sees", () => {
  const paired: Memory = {
    ...emptyMemory,
    pairing: { address: "https://hooks.example.com", token: "t" },
    state,
  };
  const inStatus = (status: State["session"]["status"]) => ({
    ...paired,
    state: { ...state, session: { ...state.session, status } },
  });
  const trouble = { since: 5, failures: 1, at: 5, waitMs: 0 };
  const delayed = { offer: "cookies:a", at: 5 };

  test.each([
    ["unpaired", "", emptyMemory],
    ["unpaired", "!", { ...emptyMemory, ended: true }],
    ["starting", "", { ...paired, state: null }],
    ["fine", "", paired],
    ["sign in", "!", inStatus("expired")],
    ["sign in", "!", inStatus("unverified")],
    ["check", "!", inStatus("challenged")],
    ["trying", "", { ...inStatus("expired"), tried: { ...paired.tried, delayed } }],
    ["unreachable", "?", { ...inStatus("expired"), trouble }],
    ["not allowed", "!", { ...paired, mayRead: false, trouble }],
  ] as const)("%s has the badge %j", (kind, text, memory) => {
    expect(viewOf(memory).kind).toBe(kind);
    expect(badgeOf(memory).text).toBe(text);
    expect(badgeOf(memory).title).toMatch(/pixiehook/);
  });

  test("whoever is signed in as somebody else is told whose session it takes, until another one is offered", () => {
    const outcome = { verdict: "refused", jar: "a", offer: "cookies:a", epoch: 4 } as const;
    const other = "This session belongs to eve@other.example, but this account watches ana@smith.example.";
    const tried = afterHandOver(nothingTried, { ...outcome, other }, 5);
    expect(viewOf({ ...inStatus("expired"), tried })).toEqual({ kind: "sign in", other });
    const next = afterHandOver(tried, { ...outcome, jar: "b", offer: "cookies:b" }, 6);
    expect(viewOf({ ...inStatus("expired"), tried: next })).toEqual({ kind: "sign in", other: null });
  });

  test("pages that were read are counted over an hour, whatever the clock does meanwhile", () => {
    const now = 10_000 * 60_000;
    const later = now + 59 * 60_000;
    const reads = countRead(countRead(countRead([], now), now), later);
    expect(readsLately(reads, later)).toBe(3);
    expect(readsLately(reads, later + 60_000)).toBe(1);
    expect(readsLately(reads, now - 60_000)).toBe(0);
    expect(workOf({ ...paired, reads, state: { ...state, readBy: "browser" } }, later)).toContain("3 pages");
    expect(workOf(paired, later)).toBe("Hands over the session when it changes.");
  });

  test("the browser has a name that its owner knows", () => {
    const chrome = "Mozilla/5.0 (X11) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/156.0 Safari/537.36";
    expect(browserName(["Not A Brand", "Chromium", "Google Chrome"], chrome, "mac")).toBe(
      "Google Chrome on macOS",
    );
    expect(browserName(["Chromium"], chrome, "linux")).toBe("Chromium on Linux");
    expect(browserName([], "Mozilla/5.0 (X11; rv:153.0) Gecko/20100101 Firefox/153.0", "win")).toBe(
      "Firefox on Windows",
    );
    expect(browserName([], "", "beos")).toBe("A browser");
  });
});
