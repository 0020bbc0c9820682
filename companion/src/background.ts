import { api } from "./api.js";
import { showBadge } from "./badge.js";
import { runErrands } from "./errands.js";
import { basesOf, isSentTo } from "./hosts.js";
import { seconds } from "./length.js";
import type { Link } from "./link.js";
import { madeFor } from "./made-for.js";
import { emptyMemory } from "./memory.js";
import type { Message } from "./messages.js";
import { type Lane, oneAtATime } from "./one-at-a-time.js";
import { connect } from "./pairing.js";
import { endPairing } from "./protocol.js";
import { tendSession } from "./session.js";
import { look, originsOf } from "./sight.js";
import { load, update } from "./storage.js";

// The browser ends this script whenever it likes and starts it again for an event: listeners are set at once, and
// nothing that matters is kept here.

const session: Lane = oneAtATime((signal) => tendSession(signal, () => errands.wake()));
const errands: Lane = oneAtATime((signal) => runErrands(signal, session.wake));

/** Looks at once, whatever is waited for. */
async function hurry(): Promise<void> {
  await update((memory) => ({
    ...memory,
    askedAt: null,
    trouble: memory.trouble && { ...memory.trouble, at: null },
  }));
  session.wake();
}

const alarm = "look";

async function setAlarm(): Promise<void> {
  const { pairing } = await load();
  const there = await api.alarms.get(alarm);
  if (pairing === null) await api.alarms.clear(alarm);
  else if (there === undefined) await api.alarms.create(alarm, { periodInMinutes: 0.5 });
}

api.alarms.onAlarm.addListener(() => session.wake());
api.runtime.onStartup.addListener(() => session.wake());
api.runtime.onInstalled.addListener(() => session.wake());
self.addEventListener("online", () => void hurry());

api.storage.onChanged.addListener((changes) => {
  void load().then(showBadge);
  if ("pairing" in changes) void setAlarm();
});

const defaultStores = ["0", "firefox-default"];
let quiet: ReturnType<typeof setTimeout> | undefined;

api.cookies.onChanged.addListener(({ cookie }) => void onCookie(cookie));

async function onCookie({ storeId, domain }: chrome.cookies.Cookie): Promise<void> {
  const { state, pairing } = await load();
  if (pairing === null || state === null || !defaultStores.includes(storeId)) return;
  if (!isSentTo(domain, basesOf(state, madeFor))) return;
  clearTimeout(quiet);
  quiet = setTimeout(() => void onQuiet(), seconds(2));
  // At once: somebody signs out and in again faster than that.
  await look({ pairing, state });
}

async function onQuiet(): Promise<void> {
  const { state } = await load();
  // Reading renews cookies all the time, and each answer to it tells the state.
  if (state?.readBy === "browser" && state.session.status === "active") session.wake();
  else await hurry();
}

let intended: Link | null = null;
let connecting: Promise<string | null> | null = null;

/** Connects to what was intended, once, whoever says that it is allowed now. */
async function connectAsIntended(): Promise<string | null> {
  const stored = await api.storage.session.get({ intended: null });
  const link = intended ?? (stored.intended as Link | null);
  intended = null;
  await api.storage.session.remove("intended");
  if (link === null) return (await load()).problem;
  if (!(await api.permissions.contains({ origins: originsOf(link) }))) {
    const problem = "Allow the companion to reach pixiehook: press Connect again, and Allow.";
    await update((memory) => ({ ...memory, problem }));
    return problem;
  }
  await Promise.all([session.stop(), errands.stop()]);
  const problem = await connect(link);
  session.wake();
  return problem;
}

function connectOnce(): Promise<string | null> {
  connecting ??= connectAsIntended().finally(() => {
    connecting = null;
  });
  return connecting;
}

api.permissions.onAdded.addListener(() => {
  void connectOnce().then(hurry);
});
api.permissions.onRemoved.addListener(() => void hurry());

async function disconnect(): Promise<void> {
  await Promise.all([session.stop(), errands.stop()]);
  const { pairing } = await load();
  await update(() => emptyMemory);
  if (pairing === null) return;
  // Should it be out of reach, its dashboard ends it.
  await endPairing(pairing, new AbortController().signal);
  // Somebody connects again already, perhaps to the same address.
  if (intended !== null || connecting !== null || (await load()).pairing !== null) return;
  // What this build was made for cannot be given back.
  await api.permissions.remove({ origins: originsOf(pairing) }).catch(() => false);
}

async function answer(message: Message): Promise<string | null> {
  switch (message.do) {
    case "look":
      await hurry();
      return null;
    case "intend":
      intended = message.link;
      await api.storage.session.set({ intended: message.link });
      await update((memory) => ({ ...memory, problem: null }));
      return null;
    case "connect":
      return connectOnce();
    case "disconnect":
      await disconnect();
      return null;
  }
}

api.runtime.onMessage.addListener((message: Message, _sender, respond) => {
  const stuck = "The browser did not let the companion do that: try again.";
  void answer(message)
    .catch(() => stuck)
    .then(respond);
  return true;
});

void setAlarm();
void load().then(showBadge);
session.wake();
